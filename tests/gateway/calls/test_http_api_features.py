"""HTTP APIs: parameter mapping, cross-origin requests, actions of services, web servers (api-gateway §6)."""

import asyncio
import json
from urllib.parse import parse_qs

import pytest

from netful.services.http.message import Response
from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

API = """
Resources:
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: h
      ProtocolType: HTTP
      %s
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Http, StageName: %s, AutoDeploy: true, StageVariables: {own: var}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, PayloadFormatVersion: "1.0", %s}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: "%s", Target: !Sub "integrations/${Integration}"}
"""
HOST = "http.execute-api.us-east-1.amazonaws.com"
WEB = "IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, IntegrationUri: 'https://shop.example.com/base/{proxy}'"


def api(integration=WEB, properties="Description: x", route="ANY /shop/{proxy+}", stage="$default"):
    return API % (properties, stage, integration, route)


def ask(bench, method="GET", path="/shop/a/b?q=1", **more):
    return asyncio.run(bench.call(method, path, host=HOST, **more))


def fields(request):
    return {name.lower(): value for name, value in request.headers}


def test_web_server_gets_the_clients_request(bench_of):
    bench = bench_of(api(), function=lambda _request: Response(201, (("Server", "x"),), b"ok"))
    response = ask(bench, "POST", body=b"{}", **{"X-Own": "1", "X-Forwarded-For": "1.1.1.1"})
    request = bench.events[0]
    assert (request.method, request.target, request.body) == ("POST", "/base/a/b?q=1", b"{}")
    assert (request.authority, fields(request)["x-own"]) == ("shop.example.com", "1")
    assert fields(request)["forwarded"] == f"by=198.18.0.1;for=203.0.113.9;host={HOST};proto=https"
    assert "x-forwarded-for" not in fields(request)
    assert (response.status, response.body, header(response, "server")) == (201, b"ok", "x")


MAPPING = """RequestParameters: {
      "append:header.x-many": "$request.header.x-one", "overwrite:header.x-whole": "id-${request.path.proxy}-${stageVariables.own}",
      "remove:header.x-gone": "", "overwrite:querystring.q": "$request.querystring.r", "remove:querystring.s": "",
      "overwrite:path": "/else/$request.body.n", "append:header.authorization": "no"},
    ResponseParameters: {"404": {ResponseParameters: [
      {Destination: "overwrite:statuscode", Source: "410"}, {Destination: "append:header.x-why", Source: "$response.body.why"},
      {Destination: "remove:header.x-secret", Source: ""}]}}"""


def test_parameter_mapping(bench_of):
    answer = Response(404, (("X-Secret", "1"),), b'{"why": "gone"}')
    mapping = replaced(MAPPING, {"/else/$request.body.n": "/else/${request.body.n}"})
    bench = bench_of(api(f"{WEB}, {mapping}"), function=lambda _request: answer)
    given = {"X-One": "1", "X-Many": "0", "X-Gone": "1", "X-Whole": "w"}
    response = ask(bench, "POST", "/shop/a?q=1&r=2&s=3", body=b'{"n": 5}', **given)
    request = bench.events[0]
    assert request.target == "/else/5?r=2&q=2"
    assert fields(request) | {} == fields(request)
    assert (fields(request)["x-many"], fields(request)["x-whole"]) == ("0,1", "id-a-var")
    assert not {"x-gone", "authorization"} & fields(request).keys()
    assert (response.status, header(response, "x-why"), header(response, "x-secret")) == (410, "gone", None)


def test_a_server_sends_no_second_date(bench_of):
    answer = Response(200, (("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("X-Own", "1")))
    response = ask(bench_of(api(), function=lambda _request: answer))
    dates = [value for name, value in response.headers if name.lower() == "date"]
    assert (header(response, "x-own"), any("1970" in date for date in dates)) == ("1", False)


def test_answer_of_another_status_is_not_mapped(bench_of):
    response = ask(bench_of(api(f"{WEB}, {MAPPING}"), function=lambda _request: Response(403, (("X-Secret", "1"),))))
    assert (response.status, header(response, "x-secret")) == (403, "1")


CORS = """CorsConfiguration: {AllowOrigins: ["https://a.example"], AllowMethods: [GET, PUT], AllowHeaders: [x-own],
        ExposeHeaders: [x-told], AllowCredentials: true, MaxAge: 60}"""
ASKS = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}


def cors_headers(response):
    return {name: value for name, value in response.headers if name.startswith("access-control-")}


def test_preflight_is_answered_by_the_gateway_without_a_route(bench_of):
    bench = bench_of(api(properties=CORS, route="GET /shop"))
    response = ask(bench, "OPTIONS", "/nowhere", **ASKS)
    assert (response.status, response.body, bench.events) == (204, b"", [])
    assert cors_headers(response) == {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "x-own",
        "access-control-expose-headers": "x-told",
        "access-control-max-age": "60",
    }


DOMAIN = """
  Name:
    Type: AWS::ApiGatewayV2::DomainName
    Properties: {DomainName: http.example.com, MutualTlsAuthentication: {TruststoreUri: "s3://stores/truststore.pem"}}
  Mapping: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {DomainName: !Ref Name, ApiId: !Ref Http, Stage: $default}}
"""


@pytest.mark.parametrize(
    ("more", "host", "status"),
    [("", HOST, 204), ("\n      DisableExecuteApiEndpoint: true", HOST, 404), ("", "http.example.com", 403)],
    ids=["open", "disabled", "without a certificate"],
)
def test_preflight_of_a_host_that_serves_the_client(bench_of, more, host, status):
    bench = bench_of(api(properties=CORS + more) + DOMAIN)
    assert asyncio.run(bench.call("OPTIONS", "/shop/a", host=host, **ASKS)).status == status


def test_preflight_of_another_origin(bench_of):
    response = ask(bench_of(api(properties=CORS)), "OPTIONS", **{**ASKS, "Origin": "https://evil.example"})
    assert (response.status, cors_headers(response)) == (204, {})


def test_gateways_word_on_origins_replaces_the_back_ends(bench_of):
    back_end = Response(200, (("Access-Control-Allow-Origin", "*"), ("Access-Control-Max-Age", "1")))
    response = ask(bench_of(api(properties=CORS), function=lambda _request: back_end), Origin="https://a.example")
    assert [value for name, value in response.headers if name.lower() == "access-control-allow-origin"] == [
        "https://a.example"
    ]
    assert header(response, "access-control-max-age") is None


def test_without_a_configuration_the_back_end_speaks_for_itself(bench_of):
    back_end = Response(200, (("Access-Control-Allow-Origin", "*"),))
    bench = bench_of(api(), function=lambda _request: back_end)
    assert header(ask(bench, "OPTIONS", **ASKS), "access-control-allow-origin") == "*"
    assert bench.events[0].method == "OPTIONS"


SEND = """IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage, CredentialsArn: "arn:aws:iam::1:role/r",
    RequestParameters: {QueueUrl: "https://sqs/1/q", MessageBody: "$request.body",
      MessageAttributes: '{"a": {"DataType": "String", "StringValue": "${request.header.x-a}"}}'}"""
EVENT = """IntegrationType: AWS_PROXY, IntegrationSubtype: EventBridge-PutEvents, CredentialsArn: "arn:aws:iam::1:role/r",
    RequestParameters: {Detail: "$request.body", DetailType: t, Source: "$stageVariables.own", Region: eu-west-1}"""


def test_message_is_sent_to_a_queue(bench_of):
    bench = bench_of(api(SEND), function=lambda _request: Response(200, (("Content-Type", "text/xml"),), b"<r/>"))
    response = ask(bench, "POST", body=b'{"x": 1}', **{"X-A": "v"})
    host, request = bench.events[0]
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert host == "sqs.us-east-1.amazonaws.com"
    assert (form["Action"], form["QueueUrl"], form["MessageBody"]) == ("SendMessage", "https://sqs/1/q", '{"x": 1}')
    assert (form["MessageAttribute.1.Name"], form["MessageAttribute.1.Value.StringValue"]) == ("a", "v")
    assert (response.status, response.body) == (200, b"<r/>")


def test_required_parameter_of_an_action(bench_of):
    bench = bench_of(api(SEND))
    assert (ask(bench, "POST").status, bench.events) == (400, [])


def test_event_is_put_to_a_bus_of_another_region(bench_of):
    bench = bench_of(api(EVENT), function=lambda _request: Response(200, (), b"{}"))
    ask(bench, "POST", body=b'{"x": 1}')
    host, request = bench.events[0]
    assert (host, request.header("x-amz-target")) == ("events.eu-west-1.amazonaws.com", "AWSEvents.PutEvents")
    assert json.loads(request.body) == {"Entries": [{"Detail": '{"x": 1}', "DetailType": "t", "Source": "var"}]}


@pytest.mark.parametrize(
    ("subtype", "parameters", "host", "target", "content"),
    [
        (
            "StepFunctions-StartExecution", "StateMachineArn: m, Input: $request.body", "states",
            "AWSStepFunctions.StartExecution", {"stateMachineArn": "m", "input": "[1]"},
        ),
        (
            "Kinesis-PutRecord", "StreamName: s, Data: ZA==, PartitionKey: k", "kinesis", "Kinesis_20131202.PutRecord",
            {"StreamName": "s", "Data": "ZA==", "PartitionKey": "k"},
        ),
    ],
)  # fmt: skip
def test_action_of_a_json_service(bench_of, subtype, parameters, host, target, content):
    integration = f"IntegrationType: AWS_PROXY, IntegrationSubtype: {subtype}, RequestParameters: {{{parameters}}}"
    bench = bench_of(api(integration), function=lambda _request: Response(200))
    ask(bench, "POST", body=b"[1]")
    called, request = bench.events[0]
    assert (called, request.header("x-amz-target")) == (f"{host}.us-east-1.amazonaws.com", target)
    assert json.loads(request.body) == content


FUNCTION = "IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn"
WITH_FUNCTION = """
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}
"""


def test_event_of_format_1(bench_of):
    bench = bench_of(
        api(FUNCTION, stage="dev") + WITH_FUNCTION,
        function={"statusCode": 200, "body": "eA==", "isBase64Encoded": True, "multiValueHeaders": {"A": ["1"]}},
    )
    response = ask(bench, "GET", "/dev/shop/a?q=1&q=2")
    event = bench.events[0]
    assert (event["version"], event["resource"], event["path"]) == ("1.0", "/shop/{proxy+}", "/dev/shop/a")
    assert (event["httpMethod"], event["multiValueQueryStringParameters"]) == ("GET", {"q": ["1", "2"]})
    context = event["requestContext"]
    assert (context["resourceId"], context["authorizer"]) == (None, {"claims": None, "scopes": None})
    assert (response.body, header(response, "a")) == (b"x", "1")


@pytest.mark.parametrize("result", [{"statusCode": "no"}, "text", ValueError("x")])
def test_result_of_format_1_that_is_none(bench_of, result):
    response = ask(bench_of(api(FUNCTION) + WITH_FUNCTION, function=result))
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')


LINKED = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: l, SubnetIds: [!Ref Subnet], SecurityGroupIds: []}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref Subnet]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 8080, Protocol: HTTP, DefaultActions: []}
  Namespace: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: in, Vpc: !Ref Vpc}}
  Service: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: s, NamespaceId: !Ref Namespace}}
  One:
    Type: AWS::ServiceDiscovery::Instance
    Properties:
      ServiceId: !Ref Service
      InstanceAttributes: {AWS_INSTANCE_IPV4: 10.0.0.77, AWS_INSTANCE_PORT: "9000", stage: prod}
"""
LINK = "IntegrationType: HTTP_PROXY, IntegrationMethod: ANY, ConnectionType: VPC_LINK, ConnectionId: !Ref Link"


def test_private_integration_gets_the_path_with_the_stage(bench_of):
    text = api(f"{LINK}, IntegrationUri: !Ref Listener", stage="dev") + LINKED
    bench = bench_of(text, function=lambda _request: Response(200))
    ask(bench, "GET", "/dev/shop/x?q=1")
    request = bench.events[0]
    assert (request.target, request.port, request.tls) == ("/dev/shop/x?q=1", 8080, False)
    assert (request.link.link.id, request.link.node.owner_id) == ("Link", "Balancer")


def test_private_integration_verifies_the_name_that_it_is_given(bench_of):
    secured = f"{LINK}, IntegrationUri: !Ref Listener, TlsConfig: {{ServerNameToVerify: in.example}}, "
    path = 'RequestParameters: {"overwrite:path": "$request.path"}'
    bench = bench_of(api(secured + path, stage="dev") + LINKED, function=lambda _request: Response(200))
    ask(bench, "GET", "/dev/shop/x")
    assert (bench.events[0].tls, bench.events[0].server_name) == (True, "in.example")


@pytest.mark.parametrize(("query", "found"), [("", True), ("?stage=prod", True), ("?stage=test", False)])
def test_private_integration_with_cloud_map(bench_of, query, found):
    uri = f'IntegrationUri: !Sub "${{Service.Arn}}{query}"'
    bench = bench_of(api(f"{LINK}, {uri}") + LINKED, function=lambda _request: Response(200))
    response = ask(bench)
    if not found:
        assert (response.status, response.body) == (503, b'{"message":"Service Unavailable"}')
        return
    assert (str(bench.events[0].link.address), bench.events[0].port) == ("10.0.0.77", 9000)
