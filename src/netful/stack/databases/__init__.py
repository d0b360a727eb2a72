"""Fronts of a stack's databases, readers and proxies, in its network."""
