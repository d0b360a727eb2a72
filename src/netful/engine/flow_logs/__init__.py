"""VPC flow logs: what a log records, and its lines, keys and formats."""
