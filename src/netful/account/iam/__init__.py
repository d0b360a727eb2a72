"""The API of IAM."""
