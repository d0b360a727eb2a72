"""Integrations that API Gateway refuses, in its own words (api-gateway §5.1), and what a path says of them."""

from dataclasses import replace

import pytest

from netful.engine.integrations.integration_faults import fault, undeclared
from netful.engine.integrations.uri_placeholders import never_filled
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration
from netful.model.core import Unknown

LAMBDA = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"
)
NO_METHOD = "Enumeration value for HttpMethod must be non-empty"
ONLY = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."


@pytest.mark.parametrize(
    ("kind", "method", "uri", "said"),
    [
        ("MOCK", None, None, ""),
        ("HTTP", None, "https://e.example/", NO_METHOD),
        ("HTTP_PROXY", None, "https://e.example/", NO_METHOD),
        ("AWS", None, LAMBDA, NO_METHOD),
        ("HTTP", "GET", "https://${stageVariables.host}/{p}", ""),
        ("HTTP_PROXY", "GET", "${stageVariables.url}", ""),
        ("HTTP", "GET", "ftp://e.example", "Invalid HTTP endpoint specified for URI"),
        ("HTTP", "GET", Unknown("no value", ("Url",)), ""),
        ("AWS", "POST", LAMBDA, ""),
        ("AWS_PROXY", "POST", "https://e.example", "Invalid ARN specified in the request"),
        ("AWS", "POST", "arn:aws:lambda:us-east-1:1:function:f", "AWS ARN for integration must contain path or action"),
        ("AWS_PROXY", "POST", "arn:aws:apigateway:us-east-1:sqs:path/1/q", ONLY),
        ("AWS_PROXY", "POST", "arn:aws:apigateway:us-east-1:firehose:action/PutRecord", ""),
        ("AWS", "POST", "arn:aws:apigateway:us-east-1:bucket.s3:path/key", ""),
    ],
)
def test_fault(kind, method, uri, said):
    assert fault(Integration("i", kind, uri, method)) == said


@pytest.mark.parametrize(
    ("expression", "declared"),
    [
        ("method.request.path.id", "method.request.path.id"),
        ("method.request.multivaluequerystring.q", "method.request.querystring.q"),
        ("method.request.multivalueheader.X-A", "method.request.header.X-A"),
        ("method.request.header.X-A", "method.request.header.X-A"),
    ],
)
def test_parameter_that_its_method_must_declare(expression, declared):
    integration = Integration("i", "HTTP", "https://e.example/{id}", "GET", request_parameters={"x": expression})
    said = undeclared(ApiRoute("r", "GET", "/{id}", integration=integration))
    assert said == (
        "Invalid mapping expression specified: Validation Result: warnings : [], "
        f"errors : [Invalid mapping expression parameter specified: {expression}]"
    )
    assert (
        undeclared(ApiRoute("r", "GET", "/{id}", integration=integration, request_parameters={declared: False})) == ""
    )
    assert undeclared(ApiRoute("r", "GET", "/{id}", integration=integration, parameters_known=False)) == ""


@pytest.mark.parametrize("expression", ["'text'", "''", "method.request.body", "method.request.body.a[0]", "context.requestId", "stageVariables.v"])  # fmt: skip
def test_expressions_that_need_no_declaration(expression):
    integration = Integration("i", "HTTP", "https://e.example/", "GET", request_parameters={"x": expression})
    assert undeclared(ApiRoute("r", "GET", "/", integration=integration)) == ""


@pytest.mark.parametrize("expression", ["text", "'text", "$context.requestId", "method.request.cookie.a", "method.request.bodyguard"])  # fmt: skip
def test_a_text_that_is_no_expression(expression):
    integration = Integration("i", "HTTP", "https://e.example/", "GET", request_parameters={"x": expression})
    said = undeclared(ApiRoute("r", "GET", "/", integration=integration, parameters_known=False))
    assert said.endswith(f"errors : [Invalid mapping expression specified: {expression}]")


def test_parameter_of_a_cache_s_key_that_its_method_must_declare():
    name = "method.request.querystring.q"
    route = ApiRoute("r", "GET", "/", integration=Integration("i", "MOCK", cache_key_parameters=(name,)))
    assert undeclared(route) == "Invalid cache key parameter specified"
    assert undeclared(replace(route, request_parameters={name: False})) == ""
    assert undeclared(replace(route, parameters_known=False)) == ""


@pytest.mark.parametrize("expression", ["'text'", "method.request.body.a", "stageVariables.a", "context.path"])
def test_what_is_no_parameter_of_the_method_need_not_be_declared(expression):
    integration = Integration("i", "HTTP", "https://e.example/", "GET", request_parameters={"x": expression})
    assert undeclared(ApiRoute("r", "GET", "/", integration=integration)) == ""


TEMPLATE = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL]}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: "arn:aws:lambda:us-east-1:123456789012:function:f"}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
"""


def test_path_names_what_aws_refuses(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE), "internet", "Api GET /live/")
    (denied,) = [hop for hop in path.hops if hop.verdict == "deny"]
    assert (denied.code, path.symptom.status) == ("NETFUL_API_INVALID_INTEGRATION", 500)
    assert denied.rule.endswith("AWS ARN for integration must contain path or action")


HOLES = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL]}}
  Pet: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: "{id}"}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pet
      HttpMethod: GET
      RequestParameters: {method.request.path.id: true}
      Integration:
        Type: HTTP_PROXY
        IntegrationHttpMethod: GET
        Uri: "https://198.51.100.7/{id}"
        RequestParameters: {MAPPED: method.request.path.id}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
"""


@pytest.mark.parametrize(
    ("mapped", "code"),
    [
        ("integration.request.path.id", None),
        ("integration.request.path.other", "NETFUL_API_NO_PATH_MAPPING"),
        ("integration.request.querystring.id", "NETFUL_API_NO_PATH_MAPPING"),
    ],
)
def test_placeholder_of_a_uri_needs_a_mapping(cloud_of, ask, mapped, code):
    path = ask(cloud_of(HOLES.replace("MAPPED", mapped)), "internet", "Api GET /live/7")
    denied = [hop.code for hop in path.hops if hop.verdict == "deny"]
    assert denied == ([code] if code else [])
    assert (path.symptom.status == 500) == bool(code)


@pytest.mark.parametrize(
    ("integration", "name"),
    [
        (Integration("i", "HTTP", "https://e.example/{a}/{b}", "GET", request_parameters={"integration.request.path.a": "'x'"}), "b"),
        (Integration("i", "AWS", "arn:aws:apigateway:us-east-1:s3:path/{b}", "GET"), "b"),
        (Integration("i", "HTTP", "https://${stageVariables.host}/", "GET"), ""),
        (Integration("i", "HTTP", "https://e.example/{a}", "GET", request_templates={"application/json": "x"}), "a"),
        (Integration("i", "HTTP", "https://e.example/{a}", "GET", request_templates={"application/json": "#set($context.requestOverride.path.a = 1)"}), ""),
        (Integration("i", "HTTP", Unknown("no value", ("Url",)), "GET"), ""),
    ],
)  # fmt: skip
def test_placeholder_that_never_has_a_value(integration, name):
    assert never_filled(integration) == name
