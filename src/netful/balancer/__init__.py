"""Load balancers of a running stack: one HAProxy in the namespace of each node, its configuration and its life cycle."""
