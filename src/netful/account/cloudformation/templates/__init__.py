"""Templates as clients send them: read, checked, with their values and their objects in S3."""
