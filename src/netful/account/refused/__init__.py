"""Refusals of a changed network: parts of different networks, and groups that cannot name each other."""
