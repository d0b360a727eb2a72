calls = 0


def handler(event, context):
    global calls  # noqa: PLW0603  # global state is what a warm environment keeps
    calls += 1
    return {"statusCode": 200, "body": f"order {event['pathParameters']['id']}, call {calls}\n"}
