"""A package that brings its own boto3, an older one than the runtime's."""

import boto3
import botocore

client = boto3.client("sts")


def handler(event, context):
    return [boto3.__version__, botocore.__version__, botocore.__file__, client.get_caller_identity()["Account"]]
