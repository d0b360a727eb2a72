"""Calls the URL in its event, with the headers in its event, and tells what came back."""

import urllib.error
import urllib.request


def handler(event, context):
    request = urllib.request.Request(event["url"], headers=event.get("headers", {}))  # noqa: S310  # the caller is the user
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  # same
            return {"status": response.status, "body": response.read().decode()}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode(), "type": error.headers.get("x-amzn-ErrorType")}
    except urllib.error.URLError as error:
        return {"error": str(error.reason)}
