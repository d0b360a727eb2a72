"""A question and its answer: from two words of a user to a path."""
