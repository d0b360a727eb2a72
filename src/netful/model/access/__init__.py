"""Web ACLs, and the clients, hosts, identities and issuers of `netful.toml`."""
