"""Lambda: sandboxes, the Runtime API, environments and their life."""
