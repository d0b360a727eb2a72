"""Stacks that an account has: those deployed by an API, with their values and their objects in S3."""
