"""APIs of a description, as resources of a template: their parts, domain names and web ACLs."""
