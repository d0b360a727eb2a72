"""Answers of API Gateway itself to a request, as `trace` predicts them: each was once another than the gateway's."""

import pytest

from netful.model.core import QuestionError
from tests.engine.trace.test_api_requests import FUNCTION, MOCK, OPEN, PERMISSION, codes, seen, template
from tests.helpers.texts import replaced

METHOD = "HttpMethod: GET\n"
KEYED = {METHOD: f"{METHOD}      ApiKeyRequired: true\n"}
PLAN = """
  Plan{n}: {{Type: AWS::ApiGateway::UsagePlan, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: live}}]{more}}}}}
  Key{n}: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Enabled: {enabled}}}}}
  Member{n}: {{Type: AWS::ApiGateway::UsagePlanKey, Properties: {{KeyId: !Ref Key{n}, KeyType: API_KEY, UsagePlanId: !Ref Plan{n}}}}}
"""
SHUT = ", Throttle: {RateLimit: 0, BurstLimit: 0}"
SPENT = ", Quota: {Limit: 0, Period: DAY}"
SAID = """
  Said:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_4XX, StatusCode: 418, ResponseTemplates: {application/json: '%s'}}
"""
WAF = """
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Name: acl
      Scope: REGIONAL
      DefaultAction: {Allow: {}}
      VisibilityConfig: &metric {SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: m}
      Rules:
        - Name: bad
          Priority: 0
          Action: {Block: {}}
          VisibilityConfig: *metric
          Statement: {ByteMatchStatement: {FieldToMatch: %s, SearchString: bad, PositionalConstraint: CONTAINS, TextTransformations: [{Priority: 0, Type: NONE}]}}
  AclOf:
    Type: AWS::WAFv2::WebACLAssociation
    DependsOn: Stage
    Properties: {WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Sub "arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/live"}
"""


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ('{"said":$context.error.messageString}', '{"said":"Missing Authentication Token"}'),
        ('{"id":"$context.requestId"}', ""),
    ],
)
def test_a_gateway_response_of_the_api_is_what_the_client_gets(cloud_of, ask, text, body):
    path = ask(cloud_of(template(more=SAID % text)), "internet", "Api GET /live/missing")
    assert seen(path) == (418, body)


@pytest.mark.parametrize("source", ["internet", "endpoint:Door"])
@pytest.mark.parametrize("query", ["", "?x=bad"])
def test_a_query_is_what_a_web_acl_inspects_and_no_part_of_the_path(cloud_of, ask, source, query):
    inside = source != "internet"
    text = template("PRIVATE" if inside else "REGIONAL", [OPEN % ""], more=WAF % "{QueryString: {}}")
    assert codes(ask(cloud_of(text), source, f"Api GET /live/{query}")) == (["NETFUL_FILTERED"] if query else [])


@pytest.mark.parametrize("value", ["good", "bad"])
def test_a_web_acl_inspects_the_headers_of_the_question(cloud_of, ask, value):
    cloud = cloud_of(template(more=WAF % "{SingleHeader: {Name: x-mode}}"))
    path = ask(cloud, "internet", f"https://api.execute-api.us-east-1.amazonaws.com/live/ X-Mode: {value}")
    assert codes(path) == (["NETFUL_FILTERED"] if value == "bad" else [])
    assert not any("does not match" in assumption for assumption in path.assumptions)


@pytest.mark.parametrize(
    ("enabled", "verdict", "missing"), [("true", "reachable", ()), ("false", "unknown", ("the API key of Plan0",))]
)
def test_a_plan_without_an_enabled_key_accepts_none(cloud_of, ask, enabled, verdict, missing):
    text = replaced(template(more=PLAN.format(n=0, more="", enabled=enabled)), KEYED)
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert (path.verdict, path.missing) == (verdict, missing)


@pytest.mark.parametrize(("second", "status"), [("", None), (SHUT, 429), (SPENT, 429)])
def test_the_plan_that_admits_most_decides(cloud_of, ask, second, status):
    plans = "".join(PLAN.format(n=n, more=more, enabled="true") for n, more in enumerate((SHUT, second)))
    path = ask(cloud_of(replaced(template(more=plans), KEYED)), "internet", "Api GET /live/")
    assert path.symptom.status == status


@pytest.mark.parametrize(("rate", "said"), [(0, "Too Many Requests"), (100, "Limit Exceeded")])
def test_limits_come_before_the_quota(cloud_of, ask, rate, said):
    settings = (
        f"StageName: live\n      MethodSettings: [{{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: {rate}}}]"
    )
    text = template(more=PLAN.format(n=0, more=SPENT, enabled="true"))
    path = ask(cloud_of(replaced(text, {**KEYED, "StageName: live": settings})), "internet", "Api GET /live/")
    assert seen(path) == (429, f'{{"message":"{said}"}}')


def test_a_key_that_only_an_authorizer_returns_needs_one(cloud_of, ask):
    text = replaced(
        template(more=PLAN.format(n=0, more="", enabled="true")),
        {**KEYED, "{Name: a,": "{Name: a, ApiKeySourceType: AUTHORIZER,"},
    )
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert codes(path) == ["NETFUL_API_KEY_WITHOUT_AUTHORIZER"]
    assert seen(path) == (403, '{"message":"Forbidden"}')


def test_a_response_behind_an_unknown_hop_is_an_assumption(cloud_of, ask):
    settings = "StageName: live\n      MethodSettings: [{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: 0}]"
    path = ask(cloud_of(replaced(template(), {**KEYED, "StageName: live": settings})), "internet", "Api GET /live/")
    assert path.symptom.status == 429
    assert [
        one for one in path.assumptions if one.startswith("Api lets the request through, which is not known: a key")
    ]


def test_what_a_validator_requires_is_an_assumption(cloud_of, ask):
    required = "RequestParameters: {method.request.querystring.q: true, method.request.querystring.r: false}"
    validator = "\n  Valid: {Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: !Ref Api, ValidateRequestParameters: true}}\n"
    text = replaced(
        template(more=validator), {METHOD: f"{METHOD}      {required}\n      RequestValidatorId: !Ref Valid\n"}
    )
    cloud = cloud_of(text)
    assert "the request has what Get requires: q" in ask(cloud, "internet", "Api GET /live/").assumptions
    assert ask(cloud, "internet", "Api GET /live/?q=1").assumptions == ()
    assert ask(cloud, "internet", "Api GET /live/?p=1;q=1").assumptions == ()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("{}", []),
        ("GET {}", []),
        ("post {}", ["NETFUL_API_NO_ROUTE"]),
        ("{} X-HTTP-Method-Override: POST", ["NETFUL_API_NO_ROUTE"]),
        ("POST {} X-HTTP-Method-Override: GET", []),
    ],
)
def test_a_url_has_its_method_or_a_header_overrides_it(cloud_of, ask, asked, code):
    url = "https://api.execute-api.us-east-1.amazonaws.com/live/"
    assert codes(ask(cloud_of(template()), "internet", asked.format(url))) == code


@pytest.mark.parametrize("text", ["Api/live/", "GET /live/", "/live/", "GET Api/live/"])
def test_a_request_that_is_nearly_right_gets_the_right_form(cloud_of, ask, text):
    with pytest.raises(QuestionError) as refused:
        ask(cloud_of(template()), "internet", text)
    assert refused.value.hint == "write `Api GET /live/`"


TEMPLATED = ", RequestTemplates: {application/json: '%s'}}"
NUMBER, TEXT = TEMPLATED % '{"statusCode": 200}', TEMPLATED % '{"statusCode": "200"}'


@pytest.mark.parametrize(
    ("integration", "code", "status"),
    [
        ("{Type: MOCK}", "NETFUL_API_NO_RESPONSE", 500),
        (MOCK[:-1] + NUMBER, None, None),
        (MOCK[:-1] + TEXT, "NETFUL_API_NO_RESPONSE", 500),
        ("{Type: MOCK, IntegrationResponses: [{StatusCode: 404, SelectionPattern: 404}]" + NUMBER, "NETFUL_API_NO_RESPONSE", 500),
        (MOCK[:-1] + ", PassthroughBehavior: NEVER}", "NETFUL_API_NO_TEMPLATE", 415),
        (FUNCTION, None, None),
        (replaced(FUNCTION, {"POST": "GET"}), "NETFUL_API_PROXY_METHOD", 500),
        ("{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://example.com/{id}'" + TEMPLATED % "{}", "NETFUL_API_NO_PATH_MAPPING", 500),
    ],
)  # fmt: skip
def test_an_integration_that_can_never_answer(cloud_of, ask, integration, code, status):
    path = ask(cloud_of(replaced(template(more=PERMISSION), {MOCK: integration})), "internet", "Api GET /live/")
    assert codes(path) == ([code] if code else [])
    assert path.symptom.status == status


def test_an_integration_that_invokes_by_an_unknown_method(cloud_of, ask):
    given = {
        MOCK: replaced(FUNCTION, {"POST": "!Ref Verb"}),
        "Resources:\n": "Parameters: {Verb: {Type: String}}\nResources:\n",
    }
    path = ask(cloud_of(replaced(template(more=PERMISSION), given)), "internet", "Api GET /live/")
    assert (path.verdict, path.missing) == ("unknown", ("Verb",))


def test_a_template_that_is_not_known_is_assumed_to_be_filled(cloud_of, ask):
    mock = MOCK[:-1] + ", PassthroughBehavior: NEVER, RequestTemplates: {application/json: !Ref Text}}"
    given = {MOCK: mock, "Resources:\n": "Parameters: {Text: {Type: String}}\nResources:\n"}
    path = ask(cloud_of(replaced(template(), given)), "internet", "Api GET /live/")
    assert path.verdict == "reachable"
    assert "the template of Get for `application/json`, which is not known, can be filled" in path.assumptions


def test_a_type_without_a_template_is_not_assumed(cloud_of, ask):
    integration = (
        MOCK[:-1] + ", PassthroughBehavior: NEVER, RequestTemplates: {application/xml: '{\"statusCode\": 200}'}}"
    )
    path = ask(cloud_of(replaced(template(), {MOCK: integration})), "internet", "Api GET /live/")
    assert path.assumptions == ("the request has a Content-Type that Get has a template for: application/xml",)


@pytest.mark.parametrize(("variables", "status"), [("", 401), ("\n      Variables: {who: me}", None)])
def test_a_stage_variable_that_identifies_callers(cloud_of, ask, variables, status):
    more = PERMISSION + """
  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: w
      Type: REQUEST
      IdentitySource: stageVariables.who
      AuthorizerUri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations'
"""  # fmt: skip
    text = replaced(
        template(auth="CUSTOM", more=more),
        {METHOD: f"{METHOD}      AuthorizerId: !Ref Who\n", "StageName: live": f"StageName: live{variables}"},
    )
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert path.symptom.status == status
    assert codes(path) == (["NETFUL_API_NO_STAGE_VARIABLE"] if status else [])


def test_a_refusal_does_not_name_a_signer_who_is_not_known(cloud_of, ask):
    denied = "{Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*'}"
    cloud = cloud_of(template("PRIVATE", [OPEN % "", denied], "AWS_IAM"))
    assert seen(ask(cloud, "endpoint:Door+signed", "Api GET /live/")) == (403, "")
    assert "User: anonymous" in ask(cloud, "endpoint:Door", "Api GET /live/").symptom.body


CHAT = """
  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: c, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Chat, StageName: live, AutoDeploy: true}}
"""


@pytest.mark.parametrize(("method", "status"), [("GET", None), ("POST", 403)])
def test_clients_connect_to_a_websocket_api_by_get(cloud_of, ask, method, status):
    path = ask(cloud_of(template(more=CHAT)), "internet", f"Chat {method} /live")
    assert path.symptom.status == status


def test_responses_that_are_not_known_may_answer(cloud_of, ask):
    text = """
    Parameters: {P: {Type: String}}
    Conditions: {C: !Equals [!Ref P, a]}
    Resources:
      Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
      Get:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !GetAtt Api.RootResourceId
          HttpMethod: GET
          AuthorizationType: NONE
          Integration: {Type: MOCK, IntegrationResponses: !If [C, [{StatusCode: 200}], [{StatusCode: 201}]]}
          MethodResponses: !If [C, [{StatusCode: 200}], [{StatusCode: 201}]]
      Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}, DependsOn: Get}
      Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
    """
    assert ask(cloud_of(text), "internet", "Api GET /live/").verdict == "reachable"
    assert ask(cloud_of(text, P="a"), "internet", "Api GET /live/").verdict == "reachable"


@pytest.mark.parametrize(
    ("authorizer", "missing"),
    [
        ("abc123", "the authorizer of Get"),
        ("!ImportValue Who", "import Who"),
        ("!Ref AWS::NoValue", "the authorizer of Get"),
    ],
)
@pytest.mark.parametrize("kind", ["CUSTOM", "COGNITO_USER_POOLS"])
def test_whom_an_authorizer_that_is_not_known_admits_is_not_known(cloud_of, ask, kind, authorizer, missing):
    text = template(auth=f"{kind}\n      AuthorizerId: {authorizer}")
    path = ask(cloud_of(text), "internet", "Api GET /live/")
    assert (path.verdict, path.missing) == ("unknown", (missing,))
