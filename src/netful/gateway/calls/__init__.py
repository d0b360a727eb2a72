"""A call of an API: its meaning, its plan, its stages, and its record."""
