"""VPCs: subnets, routes, gateways, groups, interfaces, endpoints."""
