"""The emulated internet and distances on it."""
