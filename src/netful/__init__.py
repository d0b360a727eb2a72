"""netful: the network half of serverless, made real on one machine."""
