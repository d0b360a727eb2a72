"""Flows, hops and paths: the vocabulary of an explanation."""
