"""The router of a VPC: one namespace, its route tables and its trace of packets."""
