"""Records of load balancing as its describe operations return them."""
