"""Stages that check the request: limits, mutual TLS, web ACLs, authorization, usage, validation."""
