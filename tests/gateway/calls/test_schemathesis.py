"""Schemathesis against an API of its own: whatever it draws from the API's document, the gateway answers as the document says.

Valid requests and invalid ones, over the wire; the draws are the same in every run.
"""

import asyncio
import json
import socket
import threading

import pytest
import uvloop
from hypothesis import HealthCheck, given

from netful.fabric.doors.door import Door, DoorKind
from netful.services.front.front import Front
from netful.services.tls.authority import Authority
from tests.helpers.abused import Nothing
from tests.helpers.examples import examples
from tests.helpers.gateway_bench import FUNCTION
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.slow

ERROR = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
FUNCTION_URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:Fn/invocations"


def says(schema):
    return {"description": "as it says", "content": {"application/json": {"schema": schema}}}


# 403: a path that a drawn parameter has made another one (an empty one, or one with a slash in it) is no route.
COMMON = {"400": says(ERROR), "403": says(ERROR), "414": says(ERROR), "431": says(ERROR)}
BY_FUNCTION = {
    "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION_URI},
    "x-amazon-apigateway-request-validator": "all",
}
ORDER = {
    "type": "object",
    "required": ["item", "count"],
    "properties": {
        "item": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 1},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "orders", "version": "1"},
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    "components": {"schemas": {"Order": ORDER}},
    "paths": {
        "/orders": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                },
                "responses": {"200": says({"type": "object", "required": ["method", "body"]}), **COMMON},
                **BY_FUNCTION,
            }
        },
        "/orders/{id}": {
            "get": {
                "parameters": [
                    ID,
                    {"name": "fields", "in": "query", "required": True, "schema": {"type": "string"}},
                    {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {"200": says({"type": "object", "required": ["method", "path"]}), **COMMON},
                **BY_FUNCTION,
            },
            "delete": {
                "parameters": [{**ID, "schema": {"type": "integer"}}],
                "responses": {"200": says({"type": "object", "required": ["gone"]}), **COMMON},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseTemplates": {
                                "application/json": """{"gone": "$util.escapeJavaScript($input.params('id')).replaceAll("\\\\'", "'")"}"""
                            },
                        }
                    },
                },
            },
        },
    },
}
TEMPLATE = f"""
Resources:
{FUNCTION.replace("AWS::Serverless::Function", "AWS::Lambda::Function").replace("InlineCode: x", "Code: {ZipFile: x}")}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}}}
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, EndpointConfiguration: {{Types: [REGIONAL]}}, Body: {json.dumps(DOCUMENT)}}}}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}}}
"""


def echoed(event):
    told = {"method": event["httpMethod"], "path": event["path"], "body": event["body"]}
    return {"statusCode": 200, "body": json.dumps(told)}


@pytest.fixture
def url(bench_of, tmp_path):
    """Where the API is served: on the loopback, by a loop in a thread of its own."""
    bench = bench_of(TEMPLATE, echoed)
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    async def listen():
        handlers = {"execute-api": bench.gateway.answer}
        front = Front(bench.gateway.cloud, Authority(tmp_path / "ca"), Nothing(), handlers, known=bench.gateway.known)
        return await front.listen(Door(DoorKind.LOCAL), listener, tls=False)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(ENOUGH_SECONDS)
    yield f"http://127.0.0.1:{port}/_execute-api/Api/live"
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("path", "method"), [("/orders", "POST"), ("/orders/{id}", "GET"), ("/orders/{id}", "DELETE")])
def test_what_the_document_says_is_what_is_answered(url, path, method, mode):
    import schemathesis  # here, since it takes a second and each process collects all tests
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    conforms = [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method]
    answered = []

    @examples(15, suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    def ask(case):
        response = case.call(base_url=url)
        answered.append(response.status_code)
        case.validate_response(response, checks=[not_a_server_error, *conforms])

    ask()
    if mode == "positive":
        assert 200 in answered
    elif method == "POST":
        assert 400 in answered
