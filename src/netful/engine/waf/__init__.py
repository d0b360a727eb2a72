"""AWS WAF: what a web ACL does to a request (api-gateway §0, step 4). Pure.

shapes            parts of AWS's JSON, whatever a template has in their place
transformations   text, as a rule wants it before it looks
fields            the part of a request that a rule looks at
statements        whether a rule matches, as far as it can be told
rates             whom a rate-based rule counts together
counts            how many it has counted
ruling            rules by priority, what they do, and the answer that a client gets
associations      which web ACL stands before which stage or load balancer
"""
