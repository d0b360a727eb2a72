"""Mappings, canaries and preflights of APIs on a path: what refuses a request, and what is an assumption."""

import pytest

from tests.engine.trace.test_api_requests import FUNCTION, MOCK, PERMISSION, codes, template
from tests.helpers.texts import replaced

NOT_FOUND = "IntegrationResponses: [{StatusCode: 404, SelectionPattern: '4..'}]"
WEB = "{Type: %s, IntegrationHttpMethod: GET, Uri: 'https://example.com/', IntegrationResponses: [{StatusCode: 200}]%s}"
FAILS, UNSUPPORTED = "NETFUL_API_MAPPING_FAILS", "NETFUL_API_NO_TEMPLATE"
BROKEN = ", RequestTemplates: {application/json: '#if('}"
FOR_XML = ", PassthroughBehavior: NEVER, RequestTemplates: {application/xml: '<a/>'}"
LENGTH = ", RequestParameters: {integration.request.header.Content-Length: \"'1'\"}"


def asked(cloud_of, ask, integration, to="Api GET /live/"):
    return ask(cloud_of(replaced(template(more=PERMISSION), {MOCK: integration})), "internet", to)


@pytest.mark.parametrize(
    ("integration", "header", "code", "status"),
    [
        (WEB % ("HTTP", BROKEN), "", FAILS, 500),
        (WEB % ("HTTP", BROKEN), " Content-Type: text/plain", None, None),
        (WEB % ("HTTP_PROXY", BROKEN), "", None, None),
        (WEB % ("HTTP", FOR_XML), " Content-Type: text/plain; charset=utf-8", UNSUPPORTED, 415),
        (WEB % ("HTTP_PROXY", FOR_XML), " Content-Type: text/plain", None, None),
        (WEB % ("HTTP", LENGTH), "", FAILS, 500),
        (WEB % ("HTTP_PROXY", LENGTH), "", FAILS, 500),
        (replaced(FUNCTION, {"Type: AWS_PROXY": "Type: AWS_PROXY" + LENGTH}), "", FAILS, 500),
        (MOCK[:-1] + LENGTH + "}", "", None, None),
    ],
)
def test_a_mapping_that_refuses_requests(cloud_of, ask, integration, header, code, status):
    path = asked(cloud_of, ask, integration, "Api GET /live/" + header)
    assert codes(path) == ([code] if code else [])
    assert path.symptom.status == status


def test_a_refusal_assumes_the_type_that_it_is_for(cloud_of, ask):
    path = asked(cloud_of, ask, WEB % ("HTTP", FOR_XML + LENGTH))
    assumed = "the request has a Content-Type that Get has a template for: application/xml"
    assert (codes(path), path.assumptions) == ([FAILS], (assumed,))


def test_a_refused_mapping_does_not_hide_the_permission(cloud_of, ask):
    integration = replaced(
        FUNCTION, {"Type: AWS_PROXY": "Type: AWS, IntegrationResponses: [{StatusCode: 200}]" + BROKEN}
    )
    path = ask(cloud_of(replaced(template(), {MOCK: integration})), "internet", "Api GET /live/")
    assert codes(path) == [FAILS, "NETFUL_API_NO_INVOKE_PERMISSION"]


@pytest.mark.parametrize(
    ("integration", "assumed"),
    [
        (WEB % ("HTTP", ""), ()),
        (replaced(WEB % ("HTTP", ""), {"IntegrationResponses: [{StatusCode: 200}]": NOT_FOUND}),
         ("the back end answers with a status that Get has a response for: `4..`",)),
        (replaced(FUNCTION, {"Type: AWS_PROXY": f"Type: AWS, {NOT_FOUND}"}),
         ("the function fails with a message that Get has a response for: `4..`",)),
        (f"{{Type: MOCK, {NOT_FOUND}}}", ("the body of the request has a `statusCode` that Get has a response for: `4..`",)),
    ],
)  # fmt: skip
def test_an_answer_without_a_response_is_an_assumption(cloud_of, ask, integration, assumed):
    path = asked(cloud_of, ask, integration)
    assert (path.verdict, path.assumptions) == ("reachable", assumed)


@pytest.mark.parametrize(
    ("integration", "accept", "decoded"),
    [
        (WEB % ("HTTP", ""), "image/png", True),
        (WEB % ("HTTP", ""), "image/png, text/plain", True),
        (WEB % ("HTTP", ""), "text/plain, image/png", False),
        (WEB % ("HTTP_PROXY", ""), "image/png", False),
        ((WEB % ("HTTP", "")).replace("200}", "200, ContentHandling: CONVERT_TO_TEXT}"), "image/png", False),
        ((WEB % ("HTTP", "")).replace("200}", "200, ContentHandling: CONVERT_TO_BINARY}"), "text/plain", True),
        (MOCK, "image/png", False),
        (MOCK.replace("200}", "200, ResponseTemplates: {application/json: text}}"), "image/png", True),
    ],
)
def test_an_answer_that_is_decoded_is_assumed_to_be_base64(cloud_of, ask, integration, accept, decoded):
    written = replaced(
        template(more=PERMISSION), {MOCK: integration, "{Name: a": "{BinaryMediaTypes: [image/png], Name: a"}
    )
    path = ask(cloud_of(written), "internet", f"Api GET /live/ Accept: {accept}")
    assumed = ("what Get answers is Base64, or has a binary media type",) if decoded else ()
    assert (path.verdict, path.assumptions) == ("reachable", assumed)


@pytest.mark.parametrize("integration", [MOCK, WEB % ("HTTP_PROXY", "")])
@pytest.mark.parametrize(
    ("method", "handling", "decoded"),
    [("POST", "CONVERT_TO_BINARY", True), ("POST", "CONVERT_TO_TEXT", False), ("GET", "CONVERT_TO_BINARY", False)],
)
def test_a_body_that_is_decoded_is_assumed_to_be_base64(cloud_of, ask, integration, method, handling, decoded):
    more = {MOCK: integration[:-1] + f", ContentHandling: {handling}}}", "HttpMethod: GET": f"HttpMethod: {method}"}
    path = ask(cloud_of(replaced(template(more=PERMISSION), more)), "internet", f"Api {method} /live/")
    assumed = "the body of the request, which API Gateway decodes for Get, is Base64"
    assert (path.verdict, assumed in path.assumptions) == ("reachable", decoded)


FOR_XML_AND_PNG = ", PassthroughBehavior: NEVER, RequestTemplates: {application/xml: '<a/>', image/png: x}"


@pytest.mark.parametrize(
    ("listed", "integration", "header", "verdict"),
    [
        ("'*/*'", WEB % ("HTTP", FOR_XML), "", "blocked"),
        ("'*/*'", WEB % ("HTTP", FOR_XML + ", ContentHandling: CONVERT_TO_TEXT"), "", "reachable"),
        ("'*/*'", WEB % ("HTTP", ""), "", "reachable"),
        ("'*/*'", WEB % ("HTTP_PROXY", FOR_XML), "", "reachable"),
        ("application/xml", WEB % ("HTTP", FOR_XML), " Content-Type: application/xml", "blocked"),
        ("application/xml", WEB % ("HTTP", FOR_XML_AND_PNG), "", "reachable"),
        ("image/png", WEB % ("HTTP", FOR_XML), "", "reachable"),
    ],
)
def test_no_template_transforms_a_binary_body(cloud_of, ask, listed, integration, header, verdict):
    text = replaced(
        template(more=PERMISSION), {MOCK: integration, "{Name: a": f"{{BinaryMediaTypes: [{listed}], Name: a"}
    )
    path = ask(cloud_of(text), "internet", f"Api GET /live/{header}")
    assert (path.verdict, codes(path)) == (verdict, [FAILS] if verdict == "blocked" else [])


@pytest.mark.parametrize(
    ("percent", "verdict", "assumed"),
    [
        (0, "reachable", ()),
        (100, "blocked", ()),
        (
            10,
            "blocked",
            ("the request is one of the 10 % that go to the canary of stage live; the others get further",),
        ),
    ],
)
def test_a_canary_serves_its_share(cloud_of, ask, percent, verdict, assumed):
    web = replaced(WEB % ("HTTP_PROXY", ""), {"https://example.com/": "https://${stageVariables.host}/"})
    canary = f"CanarySetting: {{PercentTraffic: {percent}, StageVariableOverrides: {{host: nowhere.internal}}}}"
    staged = f"StageName: live\n      Variables: {{host: example.com}}\n      {canary}"
    path = ask(cloud_of(replaced(template(), {MOCK: web, "StageName: live": staged})), "internet", "Api GET /live/")
    assert (path.verdict, path.assumptions) == (verdict, assumed)


HTTP = """
Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP%s}}
  Get: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${Web}"}}
  Web: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: https://e.org}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
"""
CORS = ", CorsConfiguration: {AllowOrigins: ['https://shop.example'], AllowMethods: [GET]}"
PREFLIGHT = " Origin: https://shop.example Access-Control-Request-Method: GET"


@pytest.mark.parametrize(
    ("cors", "headers", "status", "assumes"),
    [
        (CORS, PREFLIGHT, None, False),
        (CORS, "", 404, True),
        ("", PREFLIGHT, 404, False),
        (CORS + ", DisableExecuteApiEndpoint: true", PREFLIGHT, 404, False),
    ],
)
def test_a_preflight_needs_no_route(cloud_of, ask, cors, headers, status, assumes):
    path = ask(cloud_of(HTTP % cors), "internet", f"Http OPTIONS /a{headers}")
    assert path.symptom.status == status
    assert any("not a CORS preflight" in one for one in path.assumptions) == assumes


QUEUE = """
  Web:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage, PayloadFormatVersion: "1.0", RequestParameters: {QueueUrl: q%s}}
"""


@pytest.mark.parametrize(
    ("body", "code", "assumed"),
    [
        ("", [FAILS], ()),
        (", MessageBody: x", [], ()),
        (", MessageBody: $request.body.text", [], ("the request has what Get maps to MessageBody",)),
    ],
)
def test_an_action_requires_parameters(cloud_of, ask, body, code, assumed):
    web = next(line for line in HTTP.splitlines(keepends=True) if line.startswith("  Web:"))
    path = ask(cloud_of(replaced(HTTP % "", {web: QUEUE % body})), "internet", "Http GET /a")
    assert (codes(path), path.assumptions, path.symptom.status) == (code, assumed, 400 if code else None)


@pytest.mark.parametrize(("declared", "status"), [(200, 200), (404, 500)])
def test_a_refusal_of_the_service_has_a_response_that_the_method_declares(cloud_of, ask, declared, status):
    role = """
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: dynamodb:GetItem, Resource: "*"}]}}]
"""
    integration = (
        "{Type: AWS, IntegrationHttpMethod: POST, Uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/PutItem', Credentials: !GetAtt Reader.Arn, "
        "IntegrationResponses: [{StatusCode: 200}, {StatusCode: 404, SelectionPattern: '404'}]}"
    )
    method = f"{integration}\n      MethodResponses: [{{StatusCode: {declared}}}]"
    path = ask(cloud_of(replaced(template(more=role), {MOCK: method})), "internet", "Api GET /live/")
    assert (codes(path), path.symptom.status) == (["NETFUL_API_ROLE_DENY"], status)


DEPLOYED = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL]}}}
  Get: {Type: AWS::ApiGateway::Method, Properties: &method {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET,
    AuthorizationType: NONE, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}}
  Post: {Type: AWS::ApiGateway::Method, DependsOn: POST_WAITS, Properties: {<<: *method, HttpMethod: POST}}
  One: {Type: AWS::ApiGateway::Deployment, DependsOn: ONE_WAITS, Properties: {RestApiId: !Ref Api}}
  Two: {Type: AWS::ApiGateway::Deployment, DependsOn: [Get, Post], Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: live, DeploymentId: !Ref STAGE_OWN}}
"""
CANARY = "One, CanarySetting: {PercentTraffic: 10, DeploymentId: !Ref Two}"


@pytest.mark.parametrize(
    ("post_waits", "one_waits", "deployment", "get", "post"),
    [
        ("Api", "[Get, Post]", "One", ("reachable", False), ("reachable", False)),
        ("One", "Get", "One", ("reachable", False), ("unknown", False)),
        ("One", "Get", "Two", ("reachable", False), ("reachable", False)),
        ("One", "Get", CANARY, ("reachable", False), ("unknown", False)),
        ("Api", "Get", CANARY, ("reachable", False), ("reachable", True)),
    ],
)
def test_a_deployment_contains_what_is_made_before_it(cloud_of, ask, post_waits, one_waits, deployment, get, post):
    text = replaced(DEPLOYED, {"POST_WAITS": post_waits, "ONE_WAITS": one_waits, "STAGE_OWN": deployment})
    for method, expected in (("GET", get), ("POST", post)):
        path = ask(cloud_of(text), "internet", f"Api {method} /live/")
        assert (path.verdict, "One contains Post, for which it does not wait" in path.assumptions) == expected
