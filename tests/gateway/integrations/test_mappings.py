"""Mappings of REST APIs: templates, parameters, models, media types (api-gateway §5.3 to §5.9, §5.13, §5.16)."""

import asyncio
import json

import pytest

from netful.services.http.message import Response
from tests.helpers.gateway_bench import header

API = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Name: a, EndpointConfiguration: {{Types: [REGIONAL]}}, BinaryMediaTypes: [image/png]}}
  Part: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: "{{id}}"}}}}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Part
      HttpMethod: ANY
      AuthorizationType: NONE
      RequestValidatorId: !Ref Validator
      RequestModels: {{application/json: {model}}}
      Integration: {integration}
  Validator:
    Type: AWS::ApiGateway::RequestValidator
    Properties: {{RestApiId: !Ref Api, ValidateRequestBody: true, ValidateRequestParameters: true}}
  Named:
    Type: AWS::ApiGateway::Model
    Properties: {{RestApiId: !Ref Api, Name: Named, ContentType: application/json, Schema: {{type: object, required: [n]}}}}
  Referring:
    Type: AWS::ApiGateway::Model
    Properties:
      RestApiId: !Ref Api
      Name: Referring
      ContentType: application/json
      Schema: {{type: array, items: {{$ref: !Sub "https://apigateway.amazonaws.com/restapis/${{Api}}/models/Named"}}}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Post, Properties: {{RestApiId: !Ref Api}}}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live, Variables: {{v: 1}}}}
"""


def api(integration, model="Empty"):
    return API.format(integration=json.dumps(integration), model=model)


def mock(request='{"statusCode": 200}', response="", **more):
    templates = {"application/json": response} if response else {}
    answer = {"StatusCode": "200", "ResponseTemplates": templates, "ResponseParameters": more}
    return api({"Type": "MOCK", "RequestTemplates": {"application/json": request}, "IntegrationResponses": [answer]})


def web(answer=None, **more):
    return api(
        {
            "Type": "HTTP", "IntegrationHttpMethod": "POST", "Uri": "https://e.example/x",
            "IntegrationResponses": [{"StatusCode": "200", **(answer or {})}], **more,
        }
    )  # fmt: skip


def ask(bench, path="/live/7", method="GET", body=b"", **headers):
    return asyncio.run(bench.call(method, path, body=body, **headers))


def text(bench, path="/live/7", **more):
    return ask(bench, path, **more).body.decode()


CONTEXT = (
    "resourceId resourcePath httpMethod extendedRequestId requestTime path accountId protocol requestOverride stage "
    "domainPrefix requestTimeEpoch requestId identity domainName deploymentId responseOverride apiId "
)
IDENTITY = (
    "cognitoIdentityPoolId accountId cognitoIdentityId caller sourceIp principalOrgId accessKey "
    "cognitoAuthenticationType cognitoAuthenticationProvider userArn userAgent user "
)


@pytest.mark.parametrize(("of", "names"), [("$context", CONTEXT), ("$context.identity", IDENTITY)])
def test_names_in_the_context(bench_of, of, names):
    assert text(bench_of(mock(response=f"#foreach($name in {of}.keySet())$name #end"))) == names


def test_status_of_a_mock_by_its_path(bench_of):
    template = "#if($input.params('id') == 2){statusCode: 200}#else{statusCode: 500}#end"
    other = {"StatusCode": "500", "SelectionPattern": "500"}
    bench = bench_of(
        api(
            {
                "Type": "MOCK", "RequestTemplates": {"application/json": template},
                "IntegrationResponses": [{"StatusCode": "200"}, other],
            }
        )
    )  # fmt: skip
    assert [ask(bench, f"/live/{n}").status for n in (2, 3)] == [200, 500]


def test_what_the_request_template_sets_is_seen_by_the_response_template(bench_of):
    request = (
        '#set($context.responseOverride.status = 444)#set($context.responseOverride.header.fooHeader = "bar")'
        '#set($context.customContext = "mine")#set($context.requestOverride.path.kind = "dog"){"statusCode": 200}'
    )
    seen = "$context.responseOverride.header.fooHeader $context.customContext $context.requestOverride.path.kind"
    response = ask(bench_of(mock(request, seen)))
    assert (response.status, response.body, header(response, "fooHeader")) == (444, b"bar mine dog", "bar")


@pytest.mark.parametrize("kind", ["RequestTemplates", "ResponseTemplates"])
def test_an_empty_template_passes_the_body(bench_of, kind):
    """As the first tutorial of functions behind an API has it: `--response-templates application/json=""`."""
    empty = {kind: {"application/json": ""}}
    template = web(empty) if kind == "ResponseTemplates" else web(**empty)
    bench = bench_of(template, function=lambda sent: Response(200, (), b"seen: " + sent.body))
    assert ask(bench, method="POST", body=b'{"n": 1}').body == b'seen: {"n": 1}'


def test_an_empty_template_of_a_mock_is_none(bench_of):
    assert ask(bench_of(mock(request=""))).status == 200


@pytest.mark.parametrize(
    ("name", "mapped"),
    [
        ("content-type", {}),
        ("Content-Type", {}),
        ("content-type", {"method.response.header.Content-Type": "'text/csv'"}),
        ("x-own", {"method.response.header.X-Own": "'mapped'"}),
    ],
)
def test_override_replaces_a_header_whatever_its_case(bench_of, name, mapped):
    template = f'#set($context.responseOverride.header.{name} = "text/html")x'
    response = ask(bench_of(mock(response=template, **mapped)))
    assert [value for key, value in response.headers if key.lower() == name.lower()] == ["text/html"]


def test_override_replaces_a_header_for_the_integration_whatever_its_case(bench_of):
    template = '#set($context.requestOverride.header.x-own = "override")x'
    mapped = {"integration.request.header.X-Own": "'mapped'"}
    bench = bench_of(
        web(RequestTemplates={"application/json": template}, RequestParameters=mapped), lambda _: Response(200)
    )
    ask(bench)
    assert [value for key, value in bench.events[0].headers if key.lower() == "x-own"] == ["override"]


def test_second_override_of_a_parameter_fails(bench_of):
    twice = "#set($context.responseOverride.status = 201)#set($context.responseOverride.status = 202)"
    assert ask(bench_of(mock(twice + '{"statusCode": 200}'))).status == 500


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("$input.params('Connection')$input.params('TE')$input.params('Server')", ""),
        ("$input.params('X-Own')/$input.params('x-own')", "v/"),
        ("$stageVariables.v$stageVariables.nothing", "1"),
    ],
)
def test_what_a_template_sees(bench_of, template, printed):
    dropped = {"Connection": "c", "TE": "t", "Server": "s"}
    assert text(bench_of(mock(response=f"[{template}]")), X_Own="v", **dropped) == f"[{printed}]"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Expect", "Host", "Max-Forwards",
        "Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate",
    ],
)  # fmt: skip
def test_header_that_a_response_mapping_sets_is_renamed(bench_of, name):
    response = ask(bench_of(mock(**{f"method.response.header.{name}": "'v'"})))
    assert [key for key, value in response.headers if value == "v"] == [f"x-amzn-Remapped-{name}"]


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Accept-Charset",
        "Age",
        "Content-Encoding",
        "Content-Type",
        "Pragma",
        "Range",
        "Referer",
        "TE",
        "Via",
        "Warn",
    ],
)
def test_header_that_a_response_mapping_sets_as_it_is(bench_of, name):
    response = ask(bench_of(mock(**{f"method.response.header.{name}": "'v'"})))
    assert [key for key, value in response.headers if value == "v"] == [name]


@pytest.mark.parametrize(("body", "status"), [(b'{"a": 1}', 200), (b'{"a": ', 400), (b"a=1", 200), (b"", 200)])
def test_body_that_is_no_json(bench_of, body, status):
    mapping = {"integration.request.querystring.a": "method.request.body.a"}
    bench = bench_of(web(RequestParameters=mapping), function=lambda _: Response(200))
    response = ask(bench, method="POST", body=body, Content_Type="text/plain")
    assert response.status == status
    if status == 400:
        assert (response.body, bench.events) == (b'{"message":"Invalid JSON in request body"}', [])


def test_template_given_a_body_that_is_no_json(bench_of):
    template = {"text/plain": "$input.json('$.a')"}
    bench = bench_of(web(RequestTemplates=template), function=lambda _: Response(200))
    response = ask(bench, method="POST", body=b'{"a"', Content_Type="text/plain")
    assert (response.status, response.body) == (400, b'{"message":"Invalid JSON in request body"}')


def test_answer_that_is_no_json_is_an_error_of_the_gateway(bench_of):
    answer = {"ResponseTemplates": {"application/json": "$input.json('$.a')"}}
    response = ask(bench_of(web(answer), function=lambda _: Response(200, (), b'{"a"')))
    assert (response.status, response.body) == (500, b'{"message": "Internal server error"}')


@pytest.mark.parametrize(
    ("model", "kind", "body", "status"),
    [
        ("Named", "application/json", b'{"n": 1}', 200),
        ("Named", "application/json", b"{}", 400),
        ("Named", "application/json", b"", 400),
        ("Named", "application/json", b"{", 400),
        ("Named", "text/plain", b"{}", 200),
        ("Referring", "application/json", b'[{"n": 1}]', 200),
        ("Referring", "application/json", b"[{}]", 400),
        ("Empty", "application/json", b"{}", 200),
        ("Empty", "application/json", b"[]", 400),
        ("Error", "application/json", b'{"message": "m"}', 200),
        ("Error", "application/json", b'{"message": 1}', 400),
    ],
)
def test_models(bench_of, model, kind, body, status):
    integration = {"Type": "HTTP_PROXY", "IntegrationHttpMethod": "POST", "Uri": "https://e.example/x"}
    bench = bench_of(api(integration, model), function=lambda _: Response(200))
    response = ask(bench, method="POST", body=body, Content_Type=kind)
    assert (response.status, len(bench.events)) == (status, int(status == 200))
    if status == 400:
        assert response.body == b'{"message":"Invalid request body"}'
        assert header(response, "x-amzn-errortype") == "BadRequestException"


BINARY = b"\x89PNG\xff"


@pytest.mark.parametrize(
    ("kind", "handling", "body", "sent"),
    [
        ("image/png", None, BINARY, BINARY),
        ("image/png", "CONVERT_TO_BINARY", BINARY, BINARY),
        ("image/png", "CONVERT_TO_TEXT", BINARY, b"iVBOR/8="),
        ("text/plain", None, BINARY, b"\xef\xbf\xbdPNG\xef\xbf\xbd"),
        ("text/plain", "CONVERT_TO_TEXT", BINARY, b"\xef\xbf\xbdPNG\xef\xbf\xbd"),
        ("text/plain", "CONVERT_TO_BINARY", b"iVBOR/8=", BINARY),
    ],
)
def test_body_on_its_way_to_the_integration(bench_of, kind, handling, body, sent):
    more = {"ContentHandling": handling} if handling else {}
    bench = bench_of(web(**more), function=lambda _: Response(200))
    assert ask(bench, method="POST", body=body, Content_Type=kind).status == 200
    assert bench.events[0].body == sent


@pytest.mark.parametrize(
    ("listed", "handling", "kind", "body", "status"),
    [
        ("'*/*'", None, "", b"", 500),
        ("'*/*'", None, "application/json", b"{}", 500),
        ("'*/*'", "CONVERT_TO_BINARY", "", b"", 500),
        ("'*/*'", "CONVERT_TO_TEXT", "", b"", 200),
        ("'*/*'", None, "text/plain", b"{}", 415),
        ("application/json", None, "application/json", b"{}", 500),
        ("application/json", None, "", b"", 200),
        ("image/png", None, "application/json", b"{}", 200),
    ],
)
def test_no_template_transforms_a_binary_body(bench_of, listed, handling, kind, body, status):
    answer = {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}}
    answer |= {"IntegrationResponses": [{"StatusCode": "200"}], "PassthroughBehavior": "NEVER"}
    answer |= {"ContentHandling": handling} if handling else {}
    bench = bench_of(api(answer).replace("[image/png]", f"[{listed}]"))
    response = ask(bench, method="OPTIONS", body=body, **({"Content_Type": kind} if kind else {}))
    assert response.status == status


@pytest.mark.parametrize(
    ("kind", "handling", "accept", "answer", "seen"),
    [
        ("text/plain", None, "", BINARY, b"\xef\xbf\xbdPNG\xef\xbf\xbd"),
        ("image/png", "CONVERT_TO_TEXT", "image/png", BINARY, b"iVBOR/8="),
        ("text/plain", "CONVERT_TO_TEXT", "image/png", b"text", b"text"),
        ("text/plain", "CONVERT_TO_BINARY", "", b"iVBOR/8=", BINARY),
        ("image/png", "CONVERT_TO_BINARY", "", BINARY, BINARY),
        ("text/plain", None, "image/png", b"iVBOR/8=", BINARY),
        ("image/png", None, "image/png", BINARY, BINARY),
        ("image/png", None, "text/plain", BINARY, b"iVBOR/8="),
        ("image/png", None, "text/plain", b"text", b"dGV4dA=="),
    ],
)
def test_body_on_its_way_back(bench_of, kind, handling, accept, answer, seen):
    more = {"ContentHandling": handling} if handling else {}
    bench = bench_of(web(more), function=lambda _: Response(200, (("Content-Type", kind),), answer))
    headers = {"Accept": accept} if accept else {}
    response = ask(bench, **headers)
    assert (response.status, response.body) == (200, seen)


def test_base64_that_is_none(bench_of):
    bench = bench_of(web({"ContentHandling": "CONVERT_TO_BINARY"}), function=lambda _: Response(200, (), b"!"))
    assert ask(bench).status == 500


@pytest.mark.parametrize(
    ("accept", "printed"),
    [("text/xml", "<x/>"), ("text/xml, application/json", "<x/>"), ("text/csv, text/xml", "{}"), ("", "{}")],
)
def test_template_of_a_response_by_the_first_accepted_type(bench_of, accept, printed):
    answer = {"ResponseTemplates": {"application/json": "{}", "text/xml": "<x/>"}}
    bench = bench_of(web(answer), function=lambda _: Response(200))
    response = ask(bench, **({"Accept": accept} if accept else {}))
    assert (response.body.decode(), header(response, "content-type")) == (printed, "application/json")


@pytest.mark.parametrize("query", ["a=1|2", "a={b", "a=b}"])
def test_characters_that_a_query_must_encode(bench_of, query):
    bench = bench_of(mock())
    assert ask(bench, f"/live/7?{query}").status == 400
    assert ask(bench, "/live/7?a=%7C").status == 200


@pytest.mark.parametrize("method", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
def test_any_is_seven_methods(bench_of, method):
    assert ask(bench_of(mock()), method=method).status == 200


def test_any_is_no_other_method(bench_of):
    response = ask(bench_of(mock()), method="PROPFIND")
    assert (response.status, response.body) == (403, b'{"message":"Missing Authentication Token"}')
