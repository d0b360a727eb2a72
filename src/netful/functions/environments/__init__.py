"""Execution environments: life cycle, pools, scaling, provisioning."""
