"""APIs on a path: their requests and their VPC links."""
