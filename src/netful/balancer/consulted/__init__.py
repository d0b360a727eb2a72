"""Decisions on requests that a node's HAProxy leaves to the daemon: web ACLs, tokens, sign-ins."""
