"""Deployments: what they change, what stops them, and how clients see them."""
