"""Faults: what breaks in a network on purpose, and what that changes."""
