"""Keeps its parameter in a global, with a time to live: what stands outside the handler lives as long as the environment."""

import os
import time

import boto3

ssm = boto3.client("ssm")
kept = {"value": None, "until": 0.0}


def handler(event, context):
    if time.monotonic() > kept["until"]:
        kept["value"] = ssm.get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"]
        kept["until"] = time.monotonic() + 300
    return kept["value"]
