"""Relays on a path: what sends a request, or opens a connection, of its own for each that it receives."""
