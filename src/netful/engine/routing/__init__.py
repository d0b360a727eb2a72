"""Route tables of subnets and transit gateways."""
