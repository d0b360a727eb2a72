"""A plan as Terraform writes it: planned resources, their blocks, their references, and the configuration beside it."""
