"""One call of an API, and what is recorded of it."""
