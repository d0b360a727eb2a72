"""Network firewalls: the namespaces behind their endpoints."""
