"""Checks: faults of a network, found before it is deployed. One rule per file (`rules/nfNNN_…`).

| module | content |
|---|---|
| `run` | execution of the rules |
| `findings` | findings, and the comments that silence them |
| `facts` | facts about a cloud for the rules, among them the destinations that a function uses (`uses`) |
"""
