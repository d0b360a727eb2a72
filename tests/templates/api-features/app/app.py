"""Answers a WebSocket's message by `@connections`, in capitals."""

import boto3


def handler(event, _context):
    of = event["requestContext"]
    client = boto3.client("apigatewaymanagementapi", endpoint_url=f"https://{of['domainName']}/{of['stage']}")
    client.post_to_connection(ConnectionId=of["connectionId"], Data=event["body"].upper())
    return {"statusCode": 200}
