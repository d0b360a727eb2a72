"""A template: parameters, conditions, intrinsic functions, outputs."""
