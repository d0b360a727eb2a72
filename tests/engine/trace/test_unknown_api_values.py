"""Values of an API that are not known: no verdict follows from a value that a setting may not have."""

import pytest

from tests.helpers.texts import replaced

API = """
Parameters: {P: {Type: String}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Item: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: item}}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Item
      HttpMethod: POST
      AuthorizationType: NONE
      RequestValidatorId: !Ref Validator
      RequestParameters: {method.request.querystring.q: false}
      RequestModels: {}
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses: [{StatusCode: "200"}]
      MethodResponses: [{StatusCode: "200"}]
  Validator: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestParameters: true, ValidateRequestBody: true}}
  Model: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, ContentType: application/json, Name: M, Schema: {}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Post, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
"""
VALIDATED = """RequestValidatorId: !Ref Validator
      RequestParameters: {method.request.querystring.q: false}"""
NAMED = "StageName: live"
SHUT = ", MethodSettings: [{ResourcePath: %s, HttpMethod: %s, ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0}]"
RESPONSES = 'IntegrationResponses: [{StatusCode: "200"}]'


@pytest.mark.parametrize(
    ("known", "unknown", "verdict", "assumed"),
    [
        ("Type: MOCK", "Type: !Ref P", "unknown", ""),
        (RESPONSES, 'IntegrationResponses: [{StatusCode: "200", SelectionPattern: !Ref P}]', "reachable", "a pattern that is not known"),
        (RESPONSES, 'IntegrationResponses: [{StatusCode: "200"}, {StatusCode: "400", SelectionPattern: !Ref P}]', "reachable", "that Post has a response for"),
        ("querystring.q: false", "querystring.q: true", "reachable", "has what Post requires: q"),
        ("querystring.q: false", "querystring.q: !Ref P", "reachable", "has what Post requires: q"),
        ("RequestModels: {}", "RequestModels: {application/json: !Ref Model}", "reachable", "a body of model M"),
        ("RequestModels: {}", "RequestModels: {application/json: !Ref P}", "reachable", "a body of model that is not known"),
        ("RequestModels: {}", "RequestModels: {text/xml: !Ref P}", "reachable", ""),
        ("RequestValidatorId: !Ref Validator", "RequestValidatorId: !Ref P", "reachable", ""),
        (VALIDATED, VALIDATED.replace("!Ref Validator", "!Ref P").replace("q: false", "q: true"), "reachable", "has what Post requires: q"),
        (VALIDATED, VALIDATED.replace("Id: !Ref Validator", "Id: ''").replace("q: false", "q: !Ref P"), "reachable", ""),
        (NAMED, NAMED + SHUT % ("!Ref P", "POST"), "reachable", "whose method is not known"),
        (NAMED, NAMED + SHUT % ("/item", "!Ref P"), "reachable", "whose method is not known"),
        (NAMED, NAMED + SHUT % ("!Ref P", "GET"), "reachable", ""),
        (NAMED, NAMED + SHUT % ("/*", "'*'"), "blocked", ""),
        (NAMED, NAMED + (SHUT % ("/*", "'*'")).replace("Limit: 0", "Limit: !Ref P"), "reachable", "is above 0"),
        (RESPONSES, 'IntegrationResponses: [{StatusCode: "404", SelectionPattern: !Ref P}]', "blocked", ""),
    ],
)  # fmt: skip
def test_what_is_not_known_is_assumed(cloud_of, ask, known, unknown, verdict, assumed):
    assert ask(cloud_of(API), "internet", "Api POST /live/item").assumptions == ()
    path = ask(cloud_of(replaced(API, {known: unknown})), "internet", "Api POST /live/item")
    assert path.verdict == verdict
    assert assumed in str(path.assumptions)
    assert assumed or path.assumptions == () or verdict == "blocked"


OPERATION = "{x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{\"statusCode\": 200}'}, responses: {default: {statusCode: 200}}}}"
BODY = """
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, a]}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body: {swagger: "2.0", paths: %s}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: live}}
"""


@pytest.mark.parametrize(
    ("paths", "verdicts"),
    [
        ("{/a: {get: %s}}", "reachable reachable"),
        ("{/a: {get: {Fn::If: [C, %s, !Ref AWS::NoValue]}}}", "unknown reachable"),
        ("{/a: {x-amazon-apigateway-any-method: {Fn::If: [C, %s, !Ref AWS::NoValue]}}}", "unknown reachable"),
        ("{/a: {Fn::If: [C, {get: %s}, !Ref AWS::NoValue]}}", "unknown reachable"),
        ("{/a: {post: {Fn::If: [C, %s, !Ref AWS::NoValue]}}}", "blocked blocked"),
        ("{/b: {get: {Fn::If: [C, %s, !Ref AWS::NoValue]}}}", "blocked blocked"),
        ("{Fn::If: [C, {/a: {get: %s}}, {}]}", "unknown reachable"),
    ],
)
def test_operations_that_may_exist(cloud_of, ask, paths, verdicts):
    text = BODY % (paths % OPERATION)
    clouds = cloud_of(text), cloud_of(text, P="a")
    assert " ".join(ask(cloud, "internet", "Api GET /live/a").verdict for cloud in clouds) == verdicts


def test_operation_that_may_precede_the_route(cloud_of, ask):
    paths = f"{{'/{{proxy+}}': {{get: {OPERATION}}}, /a: {{get: {{Fn::If: [C, {OPERATION}, !Ref AWS::NoValue]}}}}}}"
    cloud = cloud_of(BODY % paths)
    assert ask(cloud, "internet", "Api GET /live/b").assumptions == ()
    assert "Api has no route GET /a" in str(ask(cloud, "internet", "Api GET /live/a").assumptions)


TYPE = "EndpointConfiguration: {Types: [!Ref P]}"
BEHIND = """
  Domain: {{Type: AWS::ApiGateway::DomainName{}, Properties: {{DomainName: api.example.com, {}}}}}
  Mapping: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{DomainName: !Ref Domain, RestApiId: !Ref Api, Stage: live}}}}
"""


@pytest.mark.parametrize(
    ("api", "domain", "way", "verdict", "assumed"),
    [
        (f"Name: a, {TYPE}", BEHIND.format("", "Policy: {}"), "Api POST /live/item", "unknown", ""),
        (f"Name: a, {TYPE}", BEHIND.format("", "Policy: {}"), "POST https://api.example.com/item", "reachable", "Api is not PRIVATE"),
        ("Name: a", BEHIND.format("", TYPE), "POST https://api.example.com/item", "reachable", ""),
        ("Name: a", BEHIND.format("", f"{TYPE}, MutualTlsAuthentication: {{TruststoreUri: s3://a/b}}"), "POST https://api.example.com/item", "reachable", "in s3://a/b"),
        ("Name: a", BEHIND.format("V2", TYPE), "POST https://api.example.com/item", "blocked", ""),
    ],
)  # fmt: skip
def test_an_endpoint_type_that_is_not_known(cloud_of, ask, api, domain, way, verdict, assumed):
    path = ask(cloud_of(API.replace("Properties: {Name: a}", f"Properties: {{{api}}}") + domain), "internet", way)
    assert path.verdict == verdict
    assert assumed in str(path.assumptions)


@pytest.mark.parametrize(("protocol", "verdict"), [("HTTP", "reachable"), ("!Ref P", "unknown")])
def test_a_protocol_that_is_not_known(cloud_of, ask, protocol, verdict):
    made = f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: a, ProtocolType: {protocol}}}}}
  Web: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationUri: "https://example.com"}}}}
  Get: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub "integrations/${{Web}}"}}}}
  Stage: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Api, StageName: $default, AutoDeploy: true}}}}
"""
    path = ask(cloud_of(made), "internet", "Api GET /x")
    assert path.verdict == verdict
    assert ("P" in path.missing) is (verdict == "unknown")
