"""Verbs over many accounts: each an answer of its own, computed by processes of this machine or by a Ray cluster."""
