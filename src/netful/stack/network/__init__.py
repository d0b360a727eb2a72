"""The running network of a stack, its hosts and its load balancers."""
