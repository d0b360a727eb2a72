"""Parts of a stack behind its doors: a list of like modules, one for each door, service or stream."""
