"""Invocations: requests, results, logs, metrics."""
