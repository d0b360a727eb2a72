"""The network in answers of the AWS CLI: VPCs, gateways, route tables, endpoints, interfaces, transit gateways, VPNs."""
