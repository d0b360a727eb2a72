"""VPCs in the kernel, and the connections between them."""
