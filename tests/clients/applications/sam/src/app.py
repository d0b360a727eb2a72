"""A handler that reports its place."""

import json
import os


def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"vpc": os.environ["VPC"], "version": 1})}
