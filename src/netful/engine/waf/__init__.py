"""AWS WAF: the effect of a web ACL on a request (api-gateway §0, step 4). Pure.

shapes            parts of AWS's JSON, tolerant of any value in their place
transformations   text transformations before a match
fields            the part of a request that a statement inspects
statements        match of a rule, or unknown
labels            labels of earlier rules, and those that they may have added
rates             aggregation instances of rate-based rules
counts            requests counted for each instance
ruling            rules by priority, their actions, and the response to a client
associations      web ACLs of stages and load balancers
"""
