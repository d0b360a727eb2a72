"""Authorization of API requests: resource policies, IAM, keys, authorizers, tokens."""
