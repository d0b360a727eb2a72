import json


def handler(event, context):
    context_of_request = event["requestContext"]
    seen = {
        "order": event["pathParameters"]["id"],
        "api": context_of_request["apiId"],
        "through": context_of_request["identity"].get("vpceId"),
        "from": context_of_request["identity"]["sourceIp"],
    }
    return {"statusCode": 200, "body": json.dumps(seen)}
