"""Load balancers at layer 7: listeners, rules, target groups, host rewrites."""
