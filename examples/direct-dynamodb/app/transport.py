"""Takes the order out of the event and puts it into the table: it decides nothing and changes nothing."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    order = json.loads(event["body"])
    table.put_item(Item={"id": event["pathParameters"]["id"], "what": order["what"]})
    return {"statusCode": 201, "body": json.dumps({"written": event["pathParameters"]["id"]})}
