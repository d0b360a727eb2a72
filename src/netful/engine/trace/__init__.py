"""Trace: parse a question (a FROM and a TO) and compute its path."""
