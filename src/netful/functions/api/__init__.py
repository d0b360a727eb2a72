"""The Lambda API: what boto3 and the AWS CLI call, without the HTTP around it (lambda §5)."""
