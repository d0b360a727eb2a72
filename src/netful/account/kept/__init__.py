"""What a restart keeps of an account: its resources, their addresses, its files."""
