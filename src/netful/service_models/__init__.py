"""Models of AWS's services, as botocore has them: addresses of operations, and the members of their requests."""
