"""What records mean: who may say what, who reads it, what is due; pure functions over values."""
