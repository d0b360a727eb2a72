"""Checks: what is wrong with a network before it is deployed, one rule a file (`rules/nfNNN_…`).

`run` finds, `finding` says, `facts` is what rules ask, `uses` knows which destinations a function calls.
"""
