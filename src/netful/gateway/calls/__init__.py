"""One call of an API: its meaning, its plan, its stages, and the record of it."""
