"""Function URLs: events, answers, streams, CORS, who may call (lambda §3.9)."""

import asyncio
import json
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import ClassVar

import pytest

from netful.functions.code.runtimes import node
from netful.functions.environments.config import FunctionUrl, template_urls
from netful.functions.invocations.invocation import Invocation, Usage
from netful.functions.urls.door import UrlDoor
from netful.functions.urls.event import UrlRequest
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Code, Function

pytestmark = pytest.mark.packets

ECHO = "def handler(event, context): return event"
URL = Resource("Url", "AWS::Lambda::Url", {"TargetFunctionArn": "my-fn", "AuthType": "NONE"})
EVERYBODY = Resource(
    "Everybody",
    "AWS::Lambda::Permission",
    {"FunctionName": "my-fn", "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"},
)


def ask(bench, source, *requests, permission=EVERYBODY, function=None, **properties):
    """The replies to requests, streams read to their end."""
    url = replace(URL, properties={**URL.properties, **properties})
    resources = {"Url": url} | ({"Everybody": permission} if permission else {})

    async def body(service):
        door = UrlDoor(lambda: service)
        replies = []
        for request in requests:
            (id_,) = service.urls
            reply = await door.handle(replace(request, host=f"{id_}.lambda-url.eu-west-1.on.aws"))
            if reply.stream is not None:
                reply = replace(reply, body=b"|".join([piece async for piece in reply.stream]))
            replies.append(reply)
        return replies

    return bench.run(function or source, body, resources=resources)


def get(path="/", query="", method="GET", body=b"", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return UrlRequest(method, path, query, named, body, "", "203.0.113.7")


def test_the_event_is_of_format_2(bench):
    request = get(
        "/a%20b", "x=1&x=2&y=", "POST", b'{"n": 1}', Content_Type="application/json", Cookie="a=1; b=2", X_One="1"
    )
    (reply,) = ask(bench, ECHO, request)
    event = json.loads(reply.body)
    assert (reply.status, dict(reply.headers)["Content-Type"]) == (200, "application/json")
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "$default", "/a b")
    assert (event["rawQueryString"], event["queryStringParameters"]) == ("x=1&x=2&y=", {"x": "1,2", "y": ""})
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)
    headers = event["headers"]
    assert headers["x-one"] == "1"
    assert "cookie" not in headers
    assert (headers["x-forwarded-for"], headers["x-forwarded-port"], headers["x-forwarded-proto"]) == (
        "203.0.113.7", "443", "https",
    )  # fmt: skip
    assert {"x-amzn-tls-version", "x-amzn-tls-cipher-suite", "x-amzn-trace-id", "host"} <= headers.keys()
    told = dict(reply.headers)
    assert (told["X-Amzn-Trace-Id"], parsedate_to_datetime(told["Date"])) == (
        headers["x-amzn-trace-id"], request.at.replace(microsecond=0),
    )  # fmt: skip
    context = event["requestContext"]
    assert (context["stage"], context["accountId"], context["http"]["method"]) == ("$default", "anonymous", "POST")
    assert context["domainName"] == f"{context['apiId']}.lambda-url.eu-west-1.on.aws"


def test_the_addresses_that_a_distribution_tells_stay(bench):
    (reply,) = ask(bench, ECHO, get(X_Forwarded_For="198.51.100.1"))
    event = json.loads(reply.body)
    assert event["headers"]["x-forwarded-for"] == "198.51.100.1"
    assert event["requestContext"]["http"]["sourceIp"] == "203.0.113.7"


def test_a_body_of_bytes_is_in_base64(bench):
    (reply,) = ask(bench, ECHO, get(method="POST", body=b"\xff\x00"))
    event = json.loads(reply.body)
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


@pytest.mark.parametrize(
    ("result", "status", "kind", "body"),
    [
        ("'text'", 200, "application/json", b"text"),
        ("3", 200, "application/json", b"3"),
        ("True", 200, "application/json", b"true"),
        ("[1]", 200, "application/json", b"[1]"),
        ("None", 200, "application/json", b"null"),
        ("{'a': 1}", 200, "application/json", b'{"a":1}'),
        ("{'statusCode': 201, 'body': 'made', 'headers': {'content-type': 'text/x'}}", 201, "text/x", b"made"),
        ("{'statusCode': 200, 'body': '/wA=', 'isBase64Encoded': True}", 200, "application/json", b"\xff\x00"),
        ("{'statusCode': 'x'}", 502, "text/plain", b"Internal Server Error"),
        ("1 / 0", 502, "text/plain", b"Internal Server Error"),
    ],
)
def test_what_a_result_makes(bench, result, status, kind, body):
    (reply,) = ask(bench, f"def handler(event, context): return {result}", get())
    headers = {name.lower(): value for name, value in reply.headers}
    assert (reply.status, headers["content-type"], reply.body) == (status, kind, body)


@pytest.mark.parametrize("payload", [b"hello", b"", b'"\xff"', b"[" * 100_000, b'{"statusCode": 200, "headers": 1}'])
def test_payload_that_is_not_json_is_a_502(payload):
    class Service:
        cloud = Cloud()
        urls: ClassVar = {"id": FunctionUrl("id", "Fn")}

        async def invoke(self, *_arguments, **_more):
            return Invocation("id", payload, None, b"", Usage(1, None, 1))

    reply = asyncio.run(UrlDoor(Service).handle(replace(get(), host="id.lambda-url.eu-west-1.on.aws")))
    assert (reply.status, reply.body) == (502, b"Internal Server Error")


def test_cookies_are_headers_of_their_own(bench):
    (reply,) = ask(bench, "def handler(e, c): return {'statusCode': 200, 'cookies': ['a=1', 'b=2']}", get())
    assert [value for name, value in reply.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def in_node(source):
    assert node(), "tests need Node.js"
    return Function("Fn", "my-fn", Code(inline=source), handler="index.handler", runtime="nodejs20.x")


def test_a_stream_with_its_status_and_headers(bench):
    source = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 203, headers: {"x-a": "1"}, cookies: ["c=1"]});
  stream.write("one"); await new Promise((done) => setTimeout(done, 20)); stream.write("two"); stream.end();
});
"""
    (reply,) = ask(bench, "", get(), function=in_node(source), InvokeMode="RESPONSE_STREAM")
    headers = dict(reply.headers)
    assert (reply.status, headers["x-a"], headers["Set-Cookie"]) == (203, "1", "c=1")
    assert reply.body.replace(b"|", b"") == b"onetwo"


def test_a_stream_without_a_prelude(bench):
    source = (
        "exports.handler = awslambda.streamifyResponse(async (e, s) => { s.setContentType('text/x'); s.end('all'); });"
    )
    (reply,) = ask(bench, "", get(), function=in_node(source), InvokeMode="RESPONSE_STREAM")
    assert (reply.status, reply.body, dict(reply.headers)["Content-Type"]) == (200, b"all", "text/x")


CORS = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["get", "PUT"], "AllowHeaders": ["x-a"], "MaxAge": 60}


def test_a_preflight_is_answered_without_the_function(bench):
    asked = get(method="OPTIONS", Origin="https://a.example", Access_Control_Request_Method="PUT")
    other = get(method="OPTIONS", Origin="https://b.example", Access_Control_Request_Method="PUT")
    allowed, refused = ask(bench, "def handler(e, c): raise ValueError", asked, other, Cors=CORS)
    headers = dict(allowed.headers)
    assert allowed.status == 200
    assert headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert (headers["Access-Control-Allow-Methods"], headers["Access-Control-Max-Age"]) == ("GET,PUT", "60")
    assert "Access-Control-Allow-Origin" not in dict(refused.headers)


def test_an_answer_to_another_origin_says_so(bench):
    mine, theirs = ask(bench, ECHO, get(Origin="https://a.example"), get(Origin="https://b.example"), Cors=CORS)
    assert dict(mine.headers)["Access-Control-Allow-Origin"] == "https://a.example"
    assert "Access-Control-Allow-Origin" not in dict(theirs.headers)


FORBIDDEN = (
    '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)


def test_who_may_call(bench):
    (nobody,) = ask(bench, ECHO, get(), permission=None)
    assert (nobody.status, nobody.body.decode()) == (403, FORBIDDEN)
    signed = replace(get(), signer={})
    unsigned, may, may_not = ask(bench, ECHO, get(), signed, replace(signed, caller_may=False), AuthType="AWS_IAM")
    assert (unsigned.status, may.status, may_not.status) == (403, 200, 403)


def test_a_body_beyond_the_limit_of_an_event_is_413(bench):
    (reply,) = ask(bench, ECHO, get(method="POST", body=b"x" * 7 * 1024 * 1024, Content_Type="text/plain"))
    assert (reply.status, dict(reply.headers)["Content-Type"]) == (413, "application/json")


def test_no_concurrency_turns_the_url_off(bench):
    function = Function(
        "Fn", "my-fn", Code(inline=ECHO), "index.handler", "python3.11", reserved_concurrent_executions=0
    )
    (reply,) = ask(bench, "", get(), function=function)
    assert reply.status == 429


def test_the_urls_of_a_template():
    arn = "arn:aws:lambda:us-east-1:123456789012:function:my-fn"
    resources = {
        "Url": URL,
        "Of": Resource(
            "Of", "AWS::Lambda::Url", {"TargetFunctionArn": arn, "Qualifier": "live", "AuthType": "AWS_IAM"}
        ),
        "Lost": Resource("Lost", "AWS::Lambda::Url", {"TargetFunctionArn": "nobody", "AuthType": "NONE"}),
    }
    cloud = Cloud.of(functions={"Fn": Function("Fn", "my-fn", Code())}, resources=resources)
    plain, alias = template_urls(cloud)
    assert (plain.function_id, plain.qualifier, plain.public) == ("Fn", "", False)
    assert (alias.qualifier, alias.auth_type) == ("live", "AWS_IAM")
    assert plain.id != alias.id
    assert isinstance(plain, FunctionUrl)
    assert plain.host("eu-west-1") == f"{plain.id}.lambda-url.eu-west-1.on.aws"
