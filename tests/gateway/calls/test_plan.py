"""A plan answers as all stages do: the same response, metrics, counts, log lines and events to the same request.

Two gateways over one cloud get the same drawn requests at the same times: one answers by its plans, the other by all stages. Identifiers,
which are random, are masked wherever they occur.
"""

import asyncio
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import Invocation, Usage
from netful.gateway.calls.clock import Clock
from netful.gateway.service import Gateway
from netful.services.http.message import ClientConnection, Request, Response
from netful.sources import load
from tests.helpers.examples import examples
from tests.helpers.gateway_bench import INTERNET, Time

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: a-key-that-opens-the-door, Enabled: true}}
  UsagePlan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: live}, {ApiId: !Ref Edge, Stage: live}, {ApiId: !Ref Packed, Stage: live}, {ApiId: !Ref Canary, Stage: live}, {ApiId: !Ref Logged, Stage: live}], Quota: {Limit: 5, Period: DAY}, Throttle: {RateLimit: 1, BurstLimit: 2}}}
  Member: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref UsagePlan}}
  Api: &api
    Type: AWS::Serverless::Api
    Properties: &properties
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      MethodSettings: &settings
        - {HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3}
        - {HttpMethod: GET, ResourcePath: "/kept/{id}", CachingEnabled: true, CacheTtlInSeconds: 2}
        - {HttpMethod: GET, ResourcePath: "/header", CachingEnabled: true}
        - {HttpMethod: GET, ResourcePath: "/shut", ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0}
      DefinitionBody:
        swagger: "2.0"
        x-amazon-apigateway-request-validators: {all: {validateRequestParameters: true}}
        paths:
          /mock: {get: &mock {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}', text/plain: '{"statusCode": 404}'}, responses: {default: {statusCode: "200", responseParameters: {method.response.header.X-One: "'1'"}, responseTemplates: {application/json: '{"a": 1}', text/xml: "<a/>"}}, "4\\\\d\\\\d": {statusCode: "404"}}}}, any: *mock}
          /said: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200", responseTemplates: {application/json: '$input.params("q")'}}}}}}
          /wrong: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: 'no status'}, responses: {default: {statusCode: "200"}}}}}
          /kept/{id}: {parameters: [{name: id, in: path, required: true, type: string}, {name: q, in: query, type: string}], get: {x-amazon-apigateway-integration: {<<: &fn {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}, cacheKeyParameters: [method.request.path.id, method.request.querystring.q]}}}
          /header: {parameters: [{name: Accept, in: header, type: string}, {name: Cookie, in: header, type: string}], get: {x-amazon-apigateway-integration: {<<: *fn, cacheKeyParameters: [method.request.header.Accept, method.request.header.Cookie]}}}
          /fn/{how}: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: *fn}}
          /shut: {get: *mock}
          /empty: {get: {responses: {}}}
          /keyed: {get: {security: [{api_key: []}], x-amazon-apigateway-integration: *fn}}
          /keyed-mock: {get: {<<: *mock, security: [{api_key: []}]}}
          /authorized: {get: {<<: *mock, security: [{token: []}]}}
          /signed: {get: {<<: *mock, security: [{sigv4: []}], x-amazon-apigateway-auth: {type: AWS_IAM}}}
          /checked: {get: {<<: *mock, x-amazon-apigateway-request-validator: all, parameters: [{name: q, in: query, required: true, type: string}]}}
        securityDefinitions:
          api_key: {type: apiKey, name: x-api-key, in: header}
          sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
          token: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations", authorizerResultTtlInSeconds: 1}}
        x-amazon-apigateway-gateway-responses: %s
  Edge: {<<: *api, Properties: {<<: *properties, EndpointConfiguration: {Type: EDGE}}}
  Packed: {<<: *api, Properties: {<<: *properties, MinimumCompressionSize: 3}}
  Canary: {<<: *api, Properties: {<<: *properties, CanarySetting: {PercentTraffic: 50}}}
  Logged:
    <<: *api
    Properties:
      <<: *properties
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true, LoggingLevel: INFO, DataTraceEnabled: true, ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3}]
      AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: '$context.requestId $context.path $context.status $context.error.message $context.integration.status $context.responseLength'}
  Web: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: ["https://here.example"], AllowHeaders: ["*"], AllowMethods: [GET]}, DefaultRouteSettings: {ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3}}}
  WebFn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x, Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: "/fn/{how}", Method: any}}}}
"""  # fmt: skip
SHAPED = (
    '{THROTTLED: {statusCode: 418, responseTemplates: {application/json: "$context.httpMethod slow down"}},'
    ' DEFAULT_5XX: {responseTemplates: {application/json: "$context.identity.apiKey $context.requestId"}}}'
)
RESULTS = {
    "well": {"statusCode": 200, "headers": {"X-Own": "1", "Cache-Control": "no-store"}, "body": "hello"},
    "long": {"statusCode": 201, "multiValueHeaders": {"X-Many": ["a", "b"]}, "body": "x" * 2000},
    "coded": {"statusCode": 200, "isBase64Encoded": True, "body": "aGVsbG8="},
    "malformed": {"status": "?"},
    "unavailable": {"statusCode": 503, "body": None},
}
HOSTS = [f"{name}.execute-api.us-east-1.amazonaws.com" for name in ("api", "edge", "packed", "canary", "logged", "web")]
PATHS = (
    "/mock", "/said?q=1", "/wrong", "/kept/1", "/kept/2?q=x", "/header", "/shut", "/keyed", "/keyed-mock", "/authorized",
    "/signed", "/checked", "/checked?q=1", "/empty", "/none", "/mock/more", "/mock?a=b|c", *(f"/fn/{how}" for how in (*RESULTS, "fails")),
)  # fmt: skip
HEADERS = (
    ("Accept", "application/json"), ("Accept", "text/xml"), ("Accept-Encoding", "gzip"), ("Accept-Encoding", "deflate;q=0.5, br"),
    ("Content-Type", "text/plain"), ("Content-Type", "text/csv"), ("Content-Encoding", "gzip"), ("Cache-Control", "max-age=0"),
    ("X-Http-Method-Override", "PUT"), ("x-api-key", "none such"),
    ("Authorization", "allow"), ("Authorization", "deny"), ("Authorization", "odd"), ("authorization", "AWS4-HMAC-SHA256 Credential=X/"),
    ("Origin", "https://here.example"), ("Origin", "https://there.example"), ("Access-Control-Request-Method", "GET"),
    ("Cookie", "b=2; a=1"), ("Cookie", "a=1; b=2"), ("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"), ("X-Odd", "\xe9\xff"),
    ("x-forwarded-for", "192.0.2.1"), ("Connection", "x-odd"), ("X-Large", "x" * 5_000), ("X-Large", "x" * 10_240), ("", "nameless"),
)  # fmt: skip
DOORS = (INTERNET, INTERNET, INTERNET, Door(DoorKind.LOCAL))

KEY = ("X-API-Key", "a-key-that-opens-the-door")
OWN = {
    "/keyed": (KEY,), "/keyed-mock": (KEY,), "/authorized": (("Authorization", "allow"), ("Authorization", "deny"), ("Authorization", "odd")),
    "/fn/long": (("Accept-Encoding", "gzip"),), "/header": (("Accept", "a"), ("Cookie", "b=2; a=1"), ("Cookie", "a=1; b=2")),
}  # fmt: skip
PAUSES = (0.0, 0.0, 0.0, 0.0, 0.1, 1.5, 3.0, 60.0)


@st.composite
def kinds(draw):
    """Requests that are alike: what a route needs is often there, and little else."""
    path = draw(st.sampled_from((*PATHS, *PATHS, "/mock", "/kept/1", "/fn/well")))
    own = [draw(st.sampled_from(OWN[path]))] if path in OWN and draw(st.booleans()) else []
    odd = draw(st.integers(0, 2)) == 0
    return (
        draw(st.sampled_from(("GET", "GET", "GET", "HEAD", "POST", "OPTIONS") if odd else ("GET",))),
        draw(st.sampled_from((*HOSTS, "example.com"))),
        draw(st.sampled_from(("/live", "/live", "/dead") if odd else ("/live",))),
        path,
        tuple(own + draw(st.lists(st.sampled_from(HEADERS), max_size=3) if odd else st.just([]))),
        draw(st.sampled_from((b"", b'{"statusCode": 200}', b"\xff\x00") if odd else (b"",))),
        draw(st.sampled_from(DOORS)),
    )


@st.composite
def requests(draw):
    """Requests of few kinds, each with the time that passes before it."""
    some = draw(st.lists(kinds(), min_size=1, max_size=4))
    return draw(st.lists(st.tuples(st.sampled_from(some), st.sampled_from(PAUSES)), min_size=5, max_size=25))


_CUT = 700  # a line ends after 1,024 bytes, perhaps within an identifier
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}|Root=1-[0-9a-f]{8}-[0-9a-f]{24}"
    r"|[0-9A-Za-z_-]{54}==|[0-9a-z]{32}(?=\.cloudfront\.net)|(?<![0-9A-Za-z_-])[0-9A-Za-z_-]{15}="
)


class Calls:
    """The rest of a stack: functions that are plain Python, and services that take everything. Keeps the events."""

    def __init__(self):
        self.events = []

    async def invoke(self, _function_id, event, _trace_id, _qualifier, _tenant_id=""):
        event = json.loads(event)
        self.events.append(event)
        if event.get("type") == "TOKEN":
            return _done(_policy(event["authorizationToken"]), failed=event["authorizationToken"] == "odd")
        how = (event.get("pathParameters") or {}).get("how", "well")
        return _done(RESULTS.get(how, {}), failed=how == "fails")

    async def call_host(self, _host, _request):
        return Response(200, (), b"{}")


def _done(result, *, failed):
    return Invocation("id", json.dumps(result).encode(), "Unhandled" if failed else None, b"", Usage(1, None, 1))


def _policy(token):
    statement = {"Effect": token.title(), "Action": "execute-api:Invoke", "Resource": "*"}
    return {"principalId": "p", "policyDocument": {"Statement": [statement]}, "context": {"said": token}}


@pytest.fixture(scope="module", params=["{}", SHAPED], ids=["plain", "shaped"])
def cloud(request, tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("plans"), "template.yaml")
    path.write_text(TEMPLATE % request.param)
    return load([path])


def gateway(cloud, time):
    calls = Calls()
    return Gateway(cloud, calls, Clock(time, time), draw=random.Random(1).random), calls


def masked(value):
    """A value, as text, without what is random in it."""
    return RANDOM.sub("*", repr(value))


def seen(response):
    """All of a response that a client sees."""
    headers = sorted((name.lower(), value) for name, value in (*response.headers, *response.own))
    return masked((response.status, headers, response.body))


async def kept(gateway, calls):
    """Everything else that requests have left behind."""
    await gateway.logs.settled()
    names = (host.partition(".")[0].title() for host in HOSTS)
    lines = [masked(event.message)[:_CUT] for name in names for event in gateway.logs.of(name).events]
    metrics = sorted(gateway.metrics.take(), key=repr)
    return masked(metrics), masked(await gateway.status()), lines, masked(calls.events)


def request_of(method, host, stage, path, headers, body, door):
    path = path if host.startswith("web") else stage + path
    if door.kind is DoorKind.LOCAL:
        path, host = f"/_execute-api/{host.partition('.')[0]}{path}", "127.0.0.1:4000"
    connection = ClientConnection(door, ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)
    return Request(method, path, (("Host", host), *headers), body, connection)


@given(drawn=requests())
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_plan_answers_as_all_stages_do(cloud, drawn):
    async def scenario():
        time = Time()
        (planned, its_calls), (at_length, other_calls) = gateway(cloud, time), gateway(cloud, time)
        for kind, pause in drawn:
            time.pass_(pause)
            request = request_of(*kind)
            assert seen(await planned.handle(request)) == seen(await at_length.at_length(request)), request
        for ours, theirs in zip(await kept(planned, its_calls), await kept(at_length, other_calls), strict=True):
            assert ours == theirs

    asyncio.run(scenario())


def test_answers_without_waiting(cloud):
    """What the plans are for: no task, no waiting."""
    planned, calls = gateway(cloud, Time())

    def answer(path, host=HOSTS[0]):
        return planned.answer(request_of("GET", host, "/live", path, (), b"", INTERNET))

    assert [answer("/mock", host).status for host in (HOSTS[0], HOSTS[1], HOSTS[3])] == [200, 200, 200]
    assert answer("/none").status == 403
    asyncio.run(planned.handle(request_of("GET", HOSTS[0], "/live", "/kept/1", (), b"", INTERNET)))
    assert answer("/kept/1").body == b"hello"
    assert len(calls.events) == 1


def test_function_that_is_throttled_costs_no_task(cloud):
    planned, calls = gateway(cloud, Time())
    asked = [request_of("GET", HOSTS[0], "/live", "/fn/well", (), b"", INTERNET) for _ in range(4)]
    for request in asked[:3]:
        assert asyncio.run(planned.handle(request)).status == 200
    last = planned.answer(asked[3])
    assert isinstance(last, Response) or asyncio.run(last).status == 418
    assert len(calls.events) == 3


@pytest.mark.parametrize(
    ("headers", "body", "refused"),
    [
        ((("X-Large", "x" * 10_240),), b"", 431),
        (tuple((f"x-{n:0>400}", "v") for n in range(26)), b"", 431),
        ((), bytes(10 * 1024 * 1024 + 1), 413),
    ],
)
def test_what_is_too_large_is_never_answered_without_waiting(cloud, headers, body, refused):
    planned, _ = gateway(cloud, Time())

    def status(more=(), body=b""):
        request = request_of("GET", HOSTS[0], "/live", "/mock", more, body, INTERNET)
        return asyncio.run(planned.handle(request)).status

    assert (status(), status(headers, body), status()) == (200, refused, 200)
