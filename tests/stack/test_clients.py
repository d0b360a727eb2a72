"""Clients with addresses of their own: live and in `trace`, an API's policy goes by them."""

import pytest

pytestmark = pytest.mark.packets
TEMPLATE = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: api
      EndpointConfiguration: {Types: [REGIONAL]}
      Policy:
        Statement:
          - {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*", Condition: {IpAddress: {aws:SourceIp: 81.2.69.0/28}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: MOCK, RequestTemplates: {application/json: '{"statusCode": 200}'}, IntegrationResponses: [{StatusCode: 200}]}
      MethodResponses: [{StatusCode: 200}]
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api, StageName: live}}
"""
CLIENTS = """
[clients.Office]
addresses = "81.2.69.0/28"

[clients.Branch]
addresses = "81.2.69.16/28"
region_ms = 3
"""
HOST = "api.execute-api.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("client", "status"), [("Office", 200), ("Branch", 403), ("81.2.69.9", 200), ("81.2.69.20", 403), ("internet", 403)]
)
def test_policy_goes_by_the_address_of_the_client(stack, client, status):
    curl = ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"https://{HOST}/live")
    assert stack.netful("exec", client, "--", *curl, check=0).stdout == str(status)
    path = stack.trace(client, "Api GET /live")
    assert path["verdict"] == ("reachable" if status == 200 else "blocked")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    from tests.helpers.stacks import written

    folder = tmp_path_factory.mktemp("clients")
    yield from written(folder, TEMPLATE, CLIENTS).while_up()
