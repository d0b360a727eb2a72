"""Load, cold-start and cost models."""
