"""Load balancers of a running stack: HAProxy in every node's namespace, its configuration and its life."""
