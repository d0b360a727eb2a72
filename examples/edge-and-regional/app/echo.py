"""Tells who called and by which headers; with `?show=NAME` the value of one."""


def handler(event, context):
    shown = (event["queryStringParameters"] or {}).get("show")
    seen = [f"from {event['requestContext']['identity']['sourceIp']}"]
    seen += [f"{shown}: {event['headers'].get(shown)}"] if shown else sorted(event["headers"])
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "\n".join(seen) + "\n"}
