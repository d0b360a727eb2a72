"""Rules, one per file, with their examples in `examples/`.

NF1 functions in a VPC, NF2 endpoints, NF3 private APIs, NF4 public APIs and integrations, NF5 throttle and cache, NF6 code,
NF7 other frequent faults of public templates.
"""
