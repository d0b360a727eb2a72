"""Admission of an API request in AWS's order, with its logs and metrics."""
