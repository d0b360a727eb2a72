"""What the gateway answers by itself: refusals and their headers, MOCK, gateway responses, the edge (§1.3, §2.7, §5.6)."""

import asyncio

import pytest

from tests.helpers.api_templates import of_method
from tests.helpers.gateway_bench import FUNCTION, header
from tests.helpers.texts import replaced

MOCK = """
  HttpMethod: GET, AuthorizationType: NONE, MethodResponses: [{StatusCode: 200}, {StatusCode: 404}], Integration: {
    Type: MOCK, PassthroughBehavior: %s, RequestTemplates: %s, IntegrationResponses: [
      {StatusCode: 200, ResponseTemplates: {application/json: '{"ok": true}'},
       ResponseParameters: {method.response.header.X-Set: "'set'", method.response.header.User-Agent: "'u'"}},
      {StatusCode: 404, SelectionPattern: "4\\\\d\\\\d"}]}
"""
REQUEST = """{application/json: '{"statusCode": 200}'}"""


def mock(endpoint="REGIONAL", templates=REQUEST, passthrough="WHEN_NO_MATCH", more="", api=""):
    return of_method(MOCK % (passthrough, templates), api, endpoint=endpoint) + more


def get(bench, path="/live", **headers):
    return asyncio.run(bench.call("GET", path, **headers))


def test_mock_answers_with_its_default_response(bench_of):
    response = get(bench_of(mock()))
    assert (response.status, response.body) == (200, b'{"ok": true}')
    assert header(response, "x-set") == "set"
    assert header(response, "x-amzn-remapped-user-agent") == "u"
    assert header(response, "x-amzn-trace-id") is None
    assert len(header(response, "x-amz-apigw-id")) == 16
    assert header(response, "x-amz-apigw-id").endswith("=")


@pytest.mark.parametrize(
    ("template", "status"),
    [
        ('{"statusCode": 404}', 404),
        ("{statusCode: 404}", 404),
        ("{'statusCode': 404,}", 404),
        ('{"statusCode": "200"}', 500),
        ("{}", 500),
        ("statusCode", 500),
    ],
)
def test_status_that_a_mock_asks_for(bench_of, template, status):
    quoted = template.replace('"', '\\"')
    bench = bench_of(mock(templates=f'{{application/json: "{quoted}"}}'))
    assert get(bench).status == status


@pytest.mark.parametrize(
    ("templates", "passthrough", "status"),
    [
        ("{}", "WHEN_NO_MATCH", 200),
        ("{}", "WHEN_NO_TEMPLATES", 200),
        ("{}", "NEVER", 415),
        ("{text/xml: '{\"statusCode\": 200}'}", "WHEN_NO_TEMPLATES", 415),
        ("{text/xml: '{\"statusCode\": 200}'}", "NEVER", 415),
        ("{$default: '{\"statusCode\": 200}'}", "NEVER", 200),
    ],
)
def test_body_without_a_template(bench_of, templates, passthrough, status):
    assert get(bench_of(mock(templates=templates, passthrough=passthrough))).status == status


@pytest.mark.parametrize(
    ("path", "host", "body", "error"),
    [
        ("/live/nope", None, '{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException"),
        ("/nope", None, '{"message":"Forbidden"}', "ForbiddenException"),
        ("/live", "other.execute-api.us-east-1.amazonaws.com", '{"message":"Forbidden"}', "ForbiddenException"),
    ],
)
def test_refusals(bench_of, path, host, body, error):
    headers = {"host": host} if host else {}
    response = asyncio.run(bench_of(mock()).call("GET", path, **headers))
    assert (response.status, response.body.decode(), header(response, "x-amzn-errortype")) == (403, body, error)
    assert header(response, "x-amzn-requestid")


def test_method_that_a_path_lacks(bench_of):
    response = asyncio.run(bench_of(mock()).call("DELETE", "/live"))
    assert response.body == b'{"message":"Missing Authentication Token"}'


def test_method_override(bench_of):
    response = asyncio.run(bench_of(mock()).call("POST", "/live", **{"X-HTTP-Method-Override": "GET"}))
    assert response.status == 200


GATEWAY_RESPONSES = """
  Missing:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: %s
      StatusCode: 404
      ResponseParameters: {gatewayresponse.header.Access-Control-Allow-Origin: "'*'"}
      ResponseTemplates: {application/json: '{"why": $context.error.messageString, "id": "$context.requestId"}'}
"""


@pytest.mark.parametrize("kind", ["MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX"])
def test_gateway_responses(bench_of, kind):
    response = get(bench_of(mock(more=GATEWAY_RESPONSES % kind)), "/live/nope")
    assert (response.status, header(response, "access-control-allow-origin")) == (404, "*")
    id_ = header(response, "x-amzn-requestid")
    assert response.body.decode() == f'{{"why": "Missing Authentication Token", "id": "{id_}"}}'


def test_answer_tells_when_it_was_given(bench_of):
    bench = bench_of(mock())
    assert [header(get(bench, path), "date") for path in ("/live", "/live/nope")] == [
        "Tue, 14 Nov 2023 22:13:20 GMT"
    ] * 2
    bench.time.pass_(1)
    assert header(get(bench), "date") == "Tue, 14 Nov 2023 22:13:21 GMT"


def test_edge_tells_of_itself(bench_of):
    bench = bench_of(mock("EDGE"))
    good, bad = get(bench), get(bench, "/live/nope")
    assert header(good, "x-cache") == "Miss from cloudfront"
    assert header(bad, "x-cache") == "Error from cloudfront"
    assert all(header(good, name) for name in ("via", "x-amz-cf-id", "x-amz-cf-pop"))
    assert header(get(bench_of(mock())), "x-cache") is None


EDGE = (
    """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: live}}
"""
    + FUNCTION
    + """
      Events: {Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}}
"""
)


def test_edge_knows_the_country_of_a_declared_client(bench_of, tmp_path):
    (tmp_path / "netful.toml").write_text(
        '[clients.Far]\naddresses = "203.0.113.0/24"\ncountry = "JP"\nregion_ms = 1\n'
    )
    bench = bench_of(EDGE)
    get(bench)
    assert bench.events[0]["headers"]["CloudFront-Viewer-Country"] == "JP"


def test_edge_before_a_function(bench_of):
    bench = bench_of(EDGE)
    get(bench, cookie="b=2; a=1", **{"tEsT-HEADeR": "x"})
    event = bench.events[0]
    assert event["headers"]["Cookie"] == "a=1; b=2"
    assert event["headers"]["tEsT-HEADeR"] == "x"
    assert event["headers"]["CloudFront-Is-Desktop-Viewer"] == "true"
    viewer, edge = event["headers"]["X-Forwarded-For"].split(", ")
    assert viewer == "203.0.113.9" != edge
    assert event["requestContext"]["identity"]["sourceIp"] == "203.0.113.9"


VTL = """{application/json: '{"statusCode": #if($input.params("q") == "lost")404#{else}200#end}'}"""


def test_mapping_template_of_a_mock_is_rendered(bench_of):
    bench = bench_of(mock(templates=VTL))
    assert (get(bench, "/live?q=x").status, get(bench, "/live?q=lost").status) == (200, 404)


OVERRIDE = """{application/json: '#set($context.responseOverride.status = 444){"statusCode": 200}'}"""


def test_override_in_the_request_template_reaches_the_response(bench_of):
    assert get(bench_of(mock(templates=OVERRIDE))).status == 444


def test_wrong_template_is_an_error_of_the_configuration(bench_of):
    response = get(bench_of(mock(templates="{application/json: '#if(1)'}")))
    assert (response.status, response.body) == (500, b'{"message": "Internal server error"}')


FROM_EVERYWHERE = """
  Shaped:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: DEFAULT_4XX
      ResponseParameters:
        gatewayresponse.header.x-fixed: "'*'"
        gatewayresponse.header.x-header: method.request.header.X-Own
        gatewayresponse.header.x-query: method.request.querystring.q
        gatewayresponse.header.x-context: context.stage
        gatewayresponse.header.x-missing: method.request.header.None
"""


def test_headers_of_a_gateway_response(bench_of):
    response = get(bench_of(mock(more=FROM_EVERYWHERE)), "/live/nope?q=1", X_Own="own")
    told = {name: value for name, value in response.headers if name.startswith("x-") and name != "x-amzn-ErrorType"}
    assert told == {"x-fixed": "*", "x-header": "own", "x-query": "1", "x-context": "live"}
    assert (response.status, response.body) == (403, b'{"message":"Missing Authentication Token"}')


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_type_of_a_gateway_response_is_sent_once(bench_of, name):
    text = replaced(
        mock(more=FROM_EVERYWHERE),
        {"gatewayresponse.header.x-fixed: \"'*'\"": f"gatewayresponse.header.{name}: \"'text/x-odd'\""},
    )
    response = get(bench_of(text), "/live/nope")
    assert [value for key, value in response.headers if key.lower() == "content-type"] == ["text/x-odd"]


BOTH = """
  Whole:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_5XX, StatusCode: 599}
  One:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: %s, ResponseTemplates: {application/json: "own"}}
"""


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("AUTHORIZER_FAILURE", 599, b'{"message": "Internal server error"}'),
        ("API_CONFIGURATION_ERROR", 500, b"own"),  # one of its own, without a status: the type's
    ],
)
def test_response_for_a_class_holds_where_none_is_for_the_type(bench_of, kind, status, body):
    wrong = '{application/json: \'{"statusCode": "200"}\'}'
    response = get(bench_of(mock(templates=wrong, more=BOTH % kind)))
    assert (response.status, response.body) == (status, body)


def test_response_for_what_is_too_large_cannot_be_changed(bench_of):
    shaped = GATEWAY_RESPONSES % "DEFAULT_4XX"
    response = asyncio.run(bench_of(mock(more=shaped)).call("POST", "/live", body=b"x" * (10 * 1024 * 1024 + 1)))
    assert response.status == 413


def test_default_endpoint_that_is_disabled(bench_of):
    response = get(bench_of(mock(api="DisableExecuteApiEndpoint: true")))
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    assert header(response, "x-amzn-errortype") == "ForbiddenException"
