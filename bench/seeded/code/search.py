import json

import boto3

table = boto3.resource("dynamodb").Table("shop")


def handler(event, context):
    words = (event.get("queryStringParameters") or {}).get("q", "").split()
    wares = [ware for ware in table.scan()["Items"] if all(word in ware["id"] for word in words)]
    return {"statusCode": 200, "body": json.dumps([ware["id"] for ware in wares])}
