"""VPCs: one list of like modules, a kind of thing in each: subnets, routes, gateways, groups, interfaces, endpoints."""
