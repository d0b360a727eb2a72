"""Route 53's API over the cloud that runs."""
