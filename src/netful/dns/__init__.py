"""The VPC resolver on the wire."""
