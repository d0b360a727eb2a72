"""Findings, and the comments that silence them."""
