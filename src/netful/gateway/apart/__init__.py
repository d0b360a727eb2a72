"""Work beyond the allowance of a turn, in processes of its own."""
