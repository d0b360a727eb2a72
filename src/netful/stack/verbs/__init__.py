"""Verbs of a running stack: probe, exec, witness."""
