"""Parts of a stack behind its doors."""
