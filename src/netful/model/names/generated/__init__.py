"""Names and ids that AWS generates when it creates a resource: netful derives them from the resource's own id."""
