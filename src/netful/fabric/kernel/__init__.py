"""The kernel by system calls, netlink and nft: namespaces, links, rules, permissions."""
