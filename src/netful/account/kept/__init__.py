"""State of an account that a restart keeps: its resources, their addresses, its files."""
