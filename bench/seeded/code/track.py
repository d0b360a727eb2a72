# NF402 + import json
# NF402 +
import boto3

table = boto3.resource("dynamodb").Table("shop")


def handler(event, context):
    # NF402 + step = json.loads(event["body"])
    # NF402 + if step["parcel"].startswith("test-"):
    # NF402 +     return {"statusCode": 204}
    table.put_item(Item=event["body"])
    return {"statusCode": 202}
