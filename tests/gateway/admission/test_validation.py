"""Request validators: required parameters (api-gateway §5.13)."""

import asyncio

import pytest

from tests.helpers.api_templates import of_document
from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

API = of_document("""
    swagger: "2.0"
    x-amazon-apigateway-request-validators: {params: {validateRequestParameters: true, validateRequestBody: false}}
    x-amazon-apigateway-request-validator: params
    paths:
      /{issuer}:
        get:
          parameters:
            - {name: issuer, in: path, required: true, type: string}
            - {name: x-header-param, in: header, required: true, type: string}
            - {name: qs1, in: query, required: true, type: string}
            - {name: free, in: query, required: false, type: string}
          x-amazon-apigateway-integration: {type: mock, responses: {default: {statusCode: 200}}}
""")


@pytest.mark.parametrize(
    ("path", "headers", "missing"),
    [
        ("/live/a?qs1=1", {"x-header-param": "1"}, None),
        ("/live/a?qs1=1", {}, "x-header-param"),
        ("/live/a?qs1=", {}, "x-header-param, qs1"),
    ],
)
def test_required_parameters(bench_of, path, headers, missing):
    response = asyncio.run(bench_of(API).call("GET", path, **headers))
    assert response.status == (400 if missing else 200)
    if missing:
        assert response.body.decode() == f'{{"message":"Missing required request parameters: [{missing}]"}}'
        assert header(response, "x-amzn-errortype") == "BadRequestException"


INLINE = of_document("""
    openapi: 3.0.1
    x-amazon-apigateway-request-validators: {body: {validateRequestParameters: false, validateRequestBody: true}}
    x-amazon-apigateway-request-validator: body
    components: {schemas: {Name: {type: string, minLength: 2}}}
    paths:
      /:
        post:
          requestBody: {content: {application/json: {schema: {type: object, required: [name], properties: {name: {$ref: "#/components/schemas/Name"}}}}}}
          x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200}}}
""")


TOLD = """
  Told:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: BAD_REQUEST_BODY
      ResponseTemplates: {application/json: '$context.error.responseType $context.error.validationErrorString'}
"""


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ('{"name": "ab"}', 200, ""),
        ('{"name": "a"}', 400, "BAD_REQUEST_BODY ['a' "),
        ("{}", 400, "BAD_REQUEST_BODY ['name' "),
    ],
)
def test_schema_that_stands_where_it_is_used_is_a_model(bench_of, body, status, told):
    response = asyncio.run(
        bench_of(INLINE + TOLD).call("POST", "/live", body=body.encode(), **{"content-type": "application/json"})
    )
    assert response.status == status
    assert response.body.decode().startswith(told)


@pytest.mark.parametrize("name", ["a", "ab"])
@pytest.mark.parametrize(
    "sent", [{}, {"content-type": "application/json"}, {"content-type": "text/plain; charset=utf-8"}]
)
def test_default_model_is_for_every_type_of_body(bench_of, sent, name):
    text = replaced(
        INLINE, {"content: {application/json:": "content: {$default:", "{application/json: '{\"st": "{$default: '{\"st"}
    )
    response = asyncio.run(bench_of(text).call("POST", "/live", body=b'{"name": "%s"}' % name.encode(), **sent))
    assert response.status == (200 if name == "ab" else 400)


def test_model_of_a_type_comes_before_the_default_one(bench_of):
    text = replaced(
        INLINE, {"content: {application/json:": "content: {$default: {schema: {not: {}}}, application/json:"}
    )
    headers = {"content-type": "application/json"}
    assert asyncio.run(bench_of(text).call("POST", "/live", body=b'{"name": "ab"}', **headers)).status == 200
