"""Questions and their answers: from the words of a command line to a path."""
