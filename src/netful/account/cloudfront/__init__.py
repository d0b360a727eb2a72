"""CloudFront's API: what clients call after a deployment."""
