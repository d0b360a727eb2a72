"""CloudFront distributions: the treatment of a viewer's request, and the request to an origin."""
