def handler(event, context):
    names = sorted(event["headers"])
    seen = [f"from {event['requestContext']['identity']['sourceIp']}", *names]
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "\n".join(seen) + "\n"}
