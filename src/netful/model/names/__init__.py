"""Names: hosted zones, resolvers, service names, and the DNS names that AWS generates."""
