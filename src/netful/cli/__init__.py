"""Command line: a list of verbs, one file for each."""
