"""Stages that handle the response: content codings, CORS, caches, logs."""
