"""Writes of load balancing."""
