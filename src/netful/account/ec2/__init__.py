"""The EC2 API over the cloud."""
