"""The talk's demo: a function in a VPC that reads a parameter. Unmodified code: nothing in it knows of netful."""

import os

import boto3

ssm = boto3.client("ssm")


def handler(event, context):
    parameter = ssm.get_parameter(Name=os.environ["PARAMETER_NAME"])
    return {"value": parameter["Parameter"]["Value"]}
