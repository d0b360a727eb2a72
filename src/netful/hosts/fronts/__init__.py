"""Fronts of databases: what accepts connections before a server, at an interface of its own, and how it opens sessions there."""
