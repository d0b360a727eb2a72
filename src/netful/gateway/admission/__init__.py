"""Admission at work: authorizers, firewalls, validation, buckets, quotas."""
