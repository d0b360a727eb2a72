"""Stages that look at the request: limits, mutual TLS, web ACLs, authorization, usage, validation."""
