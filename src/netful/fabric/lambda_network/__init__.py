"""The network side of Lambda: Hyperplane ENIs, and the per-sandbox interfaces of before 2019."""
