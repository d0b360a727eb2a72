"""AWS's query protocols on the wire, by the service models of botocore."""
