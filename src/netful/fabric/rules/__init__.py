"""nftables rulesets of routers."""
