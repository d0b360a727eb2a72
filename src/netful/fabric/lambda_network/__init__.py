"""The network side of Lambda: Hyperplane ENIs, and the per-sandbox interfaces of Lambda before 2019."""
