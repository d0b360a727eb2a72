"""Stages that look at the response: content codings, CORS, caches, logs."""
