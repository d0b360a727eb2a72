"""The model in the kernel: namespaces, links, routes, nftables and doors. Shares only the model with the engine."""
