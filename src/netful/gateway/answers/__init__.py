"""Responses: coding, CORS, caches, logs, metrics, and plans for like requests."""
