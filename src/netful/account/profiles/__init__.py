"""The API of Route 53 Profiles over the cloud that runs."""
