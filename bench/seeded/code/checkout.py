import json
import os

import boto3

queue = boto3.client("sqs")


def handler(event, context):
    order = json.loads(event["body"])
    if not order.get("wares"):
        return {"statusCode": 400, "body": "an order without wares"}
    queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(order))
    return {"statusCode": 202}
