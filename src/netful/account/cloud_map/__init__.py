"""The API of Cloud Map."""
