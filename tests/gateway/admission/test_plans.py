"""A plan gives what the gateway gives at length: the same answers to the same requests, but for their ids.

Two gateways over one cloud get the same drawn requests at the same times; one of them makes no plans and remembers nothing.
"""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netful.fabric.doors.door import Door, DoorKind
from netful.gateway import service
from netful.gateway.calls.clock import Clock
from netful.gateway.integrations.integrate import Integrations
from netful.gateway.service import Gateway
from netful.services.http.message import ClientConnection, Request
from netful.sources import load
from tests.helpers.gateway_bench import INTERNET, Bench, Time

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
  Api: &api
    Type: AWS::Serverless::Api
    Properties: &properties
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      MethodSettings:
        - {HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3}
        - {HttpMethod: GET, ResourcePath: "/kept/{id}", CachingEnabled: true, CacheTtlInSeconds: 2}
        - {HttpMethod: GET, ResourcePath: "/header", CachingEnabled: true}
        - {HttpMethod: GET, ResourcePath: "/shut", ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0}
      DefinitionBody:
        swagger: "2.0"
        paths:
          /mock: {get: &mock {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}', text/plain: '{"statusCode": 404}'}, responses: {default: {statusCode: "200", responseParameters: {method.response.header.X-One: "'1'"}, responseTemplates: {application/json: '{"a": 1}', text/xml: "<a/>"}}, "4\\\\d\\\\d": {statusCode: "404"}}}}, any: *mock}
          /said: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200", responseTemplates: {application/json: '$input.params("q")'}}}}}}
          /wrong: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: 'no status'}, responses: {default: {statusCode: "200"}}}}}
          /kept/{id}: {parameters: [{name: id, in: path, required: true, type: string}, {name: q, in: query, type: string}], get: {x-amazon-apigateway-integration: {<<: &fn {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}, cacheKeyParameters: [method.request.path.id, method.request.querystring.q]}}}
          /header: {parameters: [{name: Accept, in: header, type: string}], get: {x-amazon-apigateway-integration: {<<: *fn, cacheKeyParameters: [method.request.header.Accept]}}}
          /shut: {get: *mock}
          /keyed: {get: {security: [{api_key: []}], x-amazon-apigateway-integration: *fn}}
        securityDefinitions: {api_key: {type: apiKey, name: x-api-key, in: header}}
        x-amazon-apigateway-gateway-responses: %s
  Edge: {<<: *api, Properties: {<<: *properties, EndpointConfiguration: {Type: EDGE}}}
"""
SHAPED = '{THROTTLED: {statusCode: 418, responseTemplates: {application/json: "$context.httpMethod slow down"}}}'
PATHS = ("/mock", "/said?q=1", "/wrong", "/kept/1", "/kept/2?q=x", "/header", "/shut", "/keyed", "/none", "/mock/more")
HOSTS = ("api.execute-api.us-east-1.amazonaws.com", "edge.execute-api.us-east-1.amazonaws.com", "example.com")
HEADERS = (
    ("Accept", "application/json"), ("Accept", "text/xml"), ("Content-Type", "text/plain"), ("Content-Type", "text/csv"),
    ("Cache-Control", "max-age=0"), ("X-Http-Method-Override", "PUT"), ("x-api-key", "none such"),
)  # fmt: skip

REQUESTS = st.lists(
    st.tuples(
        st.sampled_from(("GET", "GET", "GET", "HEAD", "POST")),
        st.sampled_from(HOSTS),
        st.sampled_from(("/live", "/live", "/live", "/dead")),
        st.sampled_from(PATHS),
        st.lists(st.sampled_from(HEADERS), max_size=2),
        st.sampled_from((b"", b"", b'{"statusCode": 200}')),
        st.sampled_from((0.0, 0.0, 0.1, 3.0)),
    ),
    min_size=1,
    max_size=30,
)
OWN = {"x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id", "via", "x-amz-cf-id"}


class AtLength(Gateway):
    """A gateway that decides everything anew for each request."""

    def answer(self, request):
        self._meanings.clear()
        self._plans.clear()
        return super().answer(request)


@pytest.fixture(scope="module", params=["{}", SHAPED], ids=["plain", "shaped"])
def cloud(request, tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("plans"), "template.yaml")
    path.write_text(TEMPLATE % request.param)
    return load([path])


def gateway(kind, cloud, time):
    calls = Bench(None, time, function={"statusCode": 200, "body": "hello"})
    return kind(cloud, Integrations(calls.invoke, calls.call_host, None), Clock(time, time)), calls


def seen(response):
    """All of a response but what is its own."""
    headers = [(n.lower(), v) for n, v in (*response.headers, *response.own) if n.lower() not in OWN]
    return response.status, sorted(headers), response.body


@given(drawn=REQUESTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_plan_is_what_the_engine_says(cloud, drawn):
    time = Time()
    planned, its_calls = gateway(Gateway, cloud, time)
    at_length, other_calls = gateway(AtLength, cloud, time)
    without_plans = pytest.MonkeyPatch()
    for method, host, stage, path, headers, body, pause in drawn:
        time.pass_(pause)
        connection = ClientConnection(INTERNET, ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)
        request = Request(method, stage + path, (("Host", host), *headers), body, connection)
        ours = asyncio.run(planned.handle(request))
        with without_plans.context() as patch:
            patch.setattr(service, "plan_of", lambda *_: None)
            patch.setattr(service, "refusal_of", lambda *_: None)
            theirs = asyncio.run(at_length.handle(request))
        assert seen(ours) == seen(theirs), request
    assert len(its_calls.events) == len(other_calls.events)


def test_answers_on_the_spot(cloud):
    """What the plans are for: no task, no waiting."""
    planned, calls = gateway(Gateway, cloud, Time())
    connection = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)

    def answer(path):
        return planned.answer(Request("GET", f"/live{path}", (("Host", HOSTS[0]),), b"", connection))

    assert answer("/mock").status == 200
    asyncio.run(planned.handle(Request("GET", "/live/kept/1", (("Host", HOSTS[0]),), b"", connection)))
    assert answer("/kept/1").body == b"hello"
    assert len(calls.events) == 1


@pytest.mark.parametrize("headers", [(("X-Large", "x" * 10_240),), tuple((f"x-{n:0>400}", "v") for n in range(26))])
def test_what_is_too_large_is_never_answered_on_the_spot(cloud, headers):
    planned, _ = gateway(Gateway, cloud, Time())
    connection = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)

    def status(*more):
        request = Request("GET", "/live/mock", (("Host", HOSTS[0]), *more), b"", connection)
        return asyncio.run(planned.handle(request)).status

    assert (status(), status(*headers), status()) == (200, 431, 200)
