"""The exchange between a laptop and the server: wire types, the client's round, transport, status."""
