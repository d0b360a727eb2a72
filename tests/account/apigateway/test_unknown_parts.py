"""Parts of APIs of which values are unknown: reads and exports leave these values out."""

import pytest

TEMPLATE = """
Parameters: {P: {Type: String}}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: !Ref P, Policy: {Statement: [{Effect: Allow, Principal: "*", Action: !Ref P, Resource: "*"}]}}
  Shape: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Name: Shape, Schema: !Ref P}}
  Part: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref Api, Name: Part, Schema: {type: !Ref P}}}
  Root:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: !Ref P, RequestParameters: {integration.request.header.x: !Ref P}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Root, Properties: {RestApiId: !Ref Api}}
  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
  Domain:
    Type: AWS::ApiGateway::DomainNameV2
    Properties:
      {DomainName: c.example.com, EndpointConfiguration: {Types: [PRIVATE]}, CertificateArn: !Ref P,
       Policy: {Statement: [{Effect: Allow, Action: !Ref P, Resource: "*", Principal: "*"}]}}
  Web: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: !Ref P, ProtocolType: HTTP}}
  Behind: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Web, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: !Ref P, PayloadFormatVersion: "1.0"}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /a, Target: !Sub "integrations/${Behind}"}}
  Message: {Type: AWS::ApiGatewayV2::Model, Properties: {ApiId: !Ref Web, Name: X, Schema: {type: !Ref P}}}
  Link: {Type: AWS::ApiGatewayV2::VpcLink, Properties: {Name: l, SubnetIds: [!Ref P], SecurityGroupIds: [!Ref P]}}
"""


@pytest.fixture
def bench(controlled):
    return controlled(TEMPLATE)


def test_lists_leave_out_unknown_values(bench):
    rest, http = bench.rest, bench.http
    (api,), (web,) = rest.get_rest_apis()["items"], http.get_apis()["Items"]
    assert "policy" not in api
    models = rest.get_models(restApiId=api["id"])["items"]
    assert {one["name"] for one in models if "schema" not in one} == {"Shape", "Part"}
    assert [one["Name"] for one in http.get_models(ApiId=web["ApiId"])["Items"] if "Schema" not in one] == ["X"]
    assert "policy" not in rest.get_domain_names()["items"][0]
    (link,) = http.get_vpc_links()["Items"]
    assert (link["SubnetIds"], link["SecurityGroupIds"]) == ([], [])


@pytest.mark.parametrize("kind", ["oas30", "swagger"])
def test_an_export_leaves_out_unknown_values(bench, kind):
    (api,) = bench.rest.get_rest_apis()["items"]
    more = {"parameters": {"extensions": "integrations"}}
    body = bench.rest.get_export(restApiId=api["id"], stageName="live", exportType=kind, **more)["body"].read()
    assert b'"paths"' in body
    assert b"no value" not in body


def test_an_export_of_an_http_api_leaves_out_unknown_values(bench):
    (web,) = bench.http.get_apis()["Items"]
    body = bench.http.export_api(ApiId=web["ApiId"], Specification="OAS30", OutputType="JSON")["body"].read()
    assert b"/a" in body
    assert b"no value" not in body
