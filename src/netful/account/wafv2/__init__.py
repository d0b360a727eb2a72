"""WAF's API of an account: web ACLs, the sets and groups that their rules name, and what they protect."""
