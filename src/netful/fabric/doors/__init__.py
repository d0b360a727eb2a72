"""Doors: listening sockets inside namespaces."""
