"""AWS's service models from botocore: addresses of operations, and the members of their requests."""
