"""A gateway over a template's cloud, with functions that are plain Python and a clock that stands until it is moved."""

import json
from dataclasses import dataclass

from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import Invocation, Usage
from netful.gateway.calls.clock import Clock
from netful.gateway.service import Gateway
from netful.services.http.message import ClientConnection, Request, Response

INTERNET = Door(DoorKind.INTERNET)


@dataclass
class Time:
    """A clock in a test's hands."""

    now: float = 1_700_000_000.0

    def __call__(self):
        return self.now

    def pass_(self, seconds):
        self.now += seconds


class Bench:
    """A gateway and what it called. `function` returns a function's result (bytes are the payload itself), or raises."""

    def __init__(self, cloud, function=None, *, time=None, kind=Gateway, **more):
        self.time = time or Time()
        self.events = []
        self.function = {"statusCode": 200} if function is None else function
        self.qualifier = self.tenant = ""
        self.gateway = kind(cloud, self, Clock(self.time, self.time), **more)

    async def invoke(self, _function_id, event, _trace_id, qualifier="", tenant_id=""):
        self.qualifier, self.tenant = qualifier, tenant_id
        self.events.append(json.loads(event))
        result = self.function(self.events[-1]) if callable(self.function) else self.function
        if isinstance(result, Exception):
            payload = json.dumps({"errorMessage": str(result), "errorType": type(result).__name__}).encode()
            return Invocation("id", payload, "Unhandled", b"", Usage(1, None, 1))
        payload = result if isinstance(result, bytes) else json.dumps(result).encode()
        return Invocation("id", payload, None, b"", Usage(1, None, 1))

    async def invoke_streaming(self, _function_id, event, _trace_id, qualifier="", _tenant_id=""):
        """`function` gives the response whose stream the function's is."""
        self.qualifier = qualifier
        self.events.append(json.loads(event))
        return self.function(self.events[-1])

    async def call_host(self, host, request):
        self.events.append((host, request))
        return self.function(request)

    def invoke_later(self, function_id, event, qualifier, tenant_id=""):
        self.tenant = tenant_id
        self.events.append((function_id, json.loads(event), qualifier))

    async def send(self, request):
        self.events.append(request)
        result = self.function(request)
        if isinstance(result, Exception):
            raise result
        return result

    async def send_streaming(self, request):
        return await self.send(request)

    async def call(
        self,
        method,
        path,
        host="api.execute-api.us-east-1.amazonaws.com",
        body=b"",
        door=INTERNET,
        client="203.0.113.9",
        **headers,
    ):
        sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        connection = ClientConnection(door, (client, 4711), ("198.18.0.1", 443), tls=True)
        request = Request(method, path, (("Host", host), *sent), body, connection)
        return await self.gateway.handle(request)


def signed_headers(keys, method, url, body=b"", at=None, region="us-east-1", service="execute-api"):
    """The headers of a request that the SDK signs with a function's keys, at a time."""
    from datetime import UTC, datetime
    from unittest.mock import patch

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method=method, url=url, data=body)
    credentials = Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
    moment = datetime.fromtimestamp(at, UTC)
    with patch("botocore.auth.get_current_datetime", lambda *_args, **_more: moment.replace(tzinfo=None)):
        SigV4Auth(credentials, service, region).add_auth(request)
    return dict(request.headers.items())


def header(response: Response, name: str):
    """A header's value; None where the response has none."""
    return next((value for key, value in (*response.headers, *response.own) if key.lower() == name.lower()), None)


FUNCTION = """
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      InlineCode: x
"""
