"""A template: one list of like modules, a part of it in each: parameters, conditions, intrinsic functions, outputs."""
