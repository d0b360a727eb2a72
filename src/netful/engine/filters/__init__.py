"""Security groups and network ACLs."""
