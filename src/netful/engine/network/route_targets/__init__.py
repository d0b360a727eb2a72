"""Targets of routes that packets meet at the targets of routes: gateways, endpoints, peerings, appliances."""
