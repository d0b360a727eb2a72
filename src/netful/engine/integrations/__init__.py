"""Integrations of API Gateway: the request that a route makes, and its response."""
