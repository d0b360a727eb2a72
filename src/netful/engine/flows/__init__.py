"""Flows, hops and paths: the vocabulary of a trace."""
