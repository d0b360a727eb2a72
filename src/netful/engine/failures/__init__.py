"""Failures: what a cloud is without a zone, a gateway or a host, and which flows end with it."""
