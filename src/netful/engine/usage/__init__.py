"""Throttles, quotas and stage caches."""
