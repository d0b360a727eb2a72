"""File systems that functions and tasks mount."""
