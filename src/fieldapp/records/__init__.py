"""What can be said: envelope, canonical bytes, graph and fold, one module per kind of record."""
