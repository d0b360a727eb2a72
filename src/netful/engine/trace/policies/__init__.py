"""Policies on a path: those of the caller's role, of endpoints, and what a request needs of them."""
