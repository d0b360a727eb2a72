"""A strict API in the gateway: each TLS server name has its own answer."""

import asyncio

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import ClientConnection, Request

TEMPLATE = """
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, EndpointAccessMode: {mode}, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {{Type: MOCK, RequestTemplates: {{application/json: '{{"statusCode": 200}}'}}, IntegrationResponses: [{{StatusCode: 200}}]}}
      MethodResponses: [{{StatusCode: 200}}]
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: s}}}}
"""


@pytest.mark.parametrize(("mode", "answers"), [("BASIC", [True] * 4), ("STRICT", [True, False, True, False])])
def test_each_server_name_has_its_own_answer(bench_of, mode, answers):
    bench = bench_of(TEMPLATE.format(mode=mode))
    host = f"{bench.gateway.cloud.aws_id('Api')}.execute-api.us-east-1.amazonaws.com"

    async def served(sni):
        place = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True, sni=sni)
        return (await bench.gateway.handle(Request("GET", "/s/", (("Host", host),), b"", place))).status == 200

    async def main():
        return [await served(sni) for sni in (host, "other.example.com", host.upper(), "other.example.com")]

    assert asyncio.run(main()) == answers
