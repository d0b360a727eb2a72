"""Lambda functions and their roles."""
