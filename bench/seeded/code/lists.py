import boto3

table = boto3.resource("dynamodb").Table("shop")


def handler(event, context):
    if event.get("add"):
        table.update_item(
            Key={"id": event["list"]}, UpdateExpression="ADD wares :w", ExpressionAttributeValues={":w": {event["add"]}}
        )
    return sorted(table.get_item(Key={"id": event["list"]})["Item"]["wares"])
