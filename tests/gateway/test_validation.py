"""Request validators: required parameters (api-gateway §5.13)."""

import asyncio

import pytest
from gateway_bench import header

API = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {Types: [REGIONAL]}
      Body:
        swagger: "2.0"
        info: {title: a, version: "1"}
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
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}
"""


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
