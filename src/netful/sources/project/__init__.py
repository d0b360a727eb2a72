"""`netful.toml`."""
