"""Execution environments: life, pools, scaling, provisioning."""
