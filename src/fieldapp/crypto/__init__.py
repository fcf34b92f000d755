"""Keys, vault, signatures and sealing: the only place that imports cryptography."""
