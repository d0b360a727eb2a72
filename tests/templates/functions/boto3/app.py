"""An order: its prefix from Parameter Store, the order in a table, its receipt in a bucket, the news in a queue."""

import json
import os

import boto3

ssm = boto3.client("ssm")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
bucket = boto3.resource("s3").Bucket(os.environ["BUCKET"])
queue = boto3.resource("sqs").Queue(os.environ["QUEUE_URL"])


def handler(event, context):
    prefix = ssm.get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"]
    order = {"id": prefix + event["order"], "lines": 3}
    table.put_item(Item=order)
    stored = table.get_item(Key={"id": order["id"]})["Item"]
    receipt = bucket.Object(f"receipts/{order['id']}.json")
    receipt.put(Body=json.dumps(order), ContentType="application/json")
    queue.send_message(MessageBody=order["id"])
    return {
        "id": stored["id"],
        "lines": int(stored["lines"]),
        "receipt": json.load(receipt.get()["Body"]),
        "keys": [entry.key for entry in bucket.objects.filter(Prefix=f"receipts/{order['id']}")],
    }
