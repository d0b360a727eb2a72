"""CloudFront distributions of a running stack."""
