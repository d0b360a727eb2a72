"""A private API in the Regions of three partitions: `trace`, the gateway and NF301 compare ARNs of the Region's partition."""

import asyncio

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import rule_named
from netful.engine.authorization.sessions import keys_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.fabric.doors.door import Door, DoorKind
from netful.sources import load
from tests.helpers.gateway_bench import Bench, signed_headers

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      PrivateDnsEnabled: true
      ServiceName: !Sub com.amazonaws.${AWS::Region}.execute-api
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref Group]
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: api
      EndpointConfiguration: {Types: [PRIVATE]}
      Policy:
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: execute-api:Invoke
            Resource: !Sub arn:OF_POLICY:execute-api:${AWS::Region}:${AWS::AccountId}:*/live/GET/open
            Condition: {StringEquals: {aws:SourceVpce: !Ref Endpoint}}
  Open: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: open}}
  GetOpen:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Open
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: &integration
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Back.Arn}/invocations
  Signed: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: signed}}
  GetSigned:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Signed
      HttpMethod: GET
      AuthorizationType: AWS_IAM
      Integration: *integration
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: [GetOpen, GetSigned], Properties: {RestApiId: !Ref Api, StageName: live}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Back
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub "arn:OF_PERMISSION:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: [{Effect: Allow, Action: execute-api:Invoke, Resource: !Sub "arn:OF_ROLE:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"}]
  Back: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Caller:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      Role: !GetAtt Role.Arn
      Code: {ZipFile: x}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
Outputs:
  Host: {Value: !Sub "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
"""
PLACES = ("OF_POLICY", "OF_PERMISSION", "OF_ROLE")


@pytest.fixture(params=["us-east-1", "us-gov-west-1", "cn-north-1"])
def cloud(request, write):
    def loaded(other=""):
        text = TEMPLATE
        for place in PLACES:
            text = text.replace(place, "aws-other" if place == other else "${AWS::Partition}")
        return load([write(text)], region=request.param)

    return loaded


def answers(cloud, path):
    """The verdict and the status of `trace`, and the status of the gateway."""
    (host,) = (one.value for one in cloud.template.outputs)
    url, door = f"https://{host}{path}", Door(DoorKind.ENDPOINT, "Vpc", endpoint_id="Endpoint")
    traced, bench = trace(cloud, parse(cloud, "Caller", url)), Bench(cloud)
    keys = keys_of(cloud.compute.functions["Caller"])
    headers = signed_headers(keys, "GET", url, at=bench.time.now, region=cloud.region)
    return (
        traced.verdict,
        traced.symptom.status,
        asyncio.run(bench.call("GET", path, host, door=door, **headers)).status,
    )


def findings(cloud):
    return [found.resource for found in rule_named("NF301").find(Facts(cloud))]


@pytest.mark.parametrize("path", ["/live/open", "/live/signed"])
def test_arns_of_the_partition_admit(cloud, path):
    assert answers(cloud(), path) == ("reachable", None, 200)
    assert findings(cloud()) == []


@pytest.mark.parametrize(
    ("place", "path", "status"),
    [("OF_POLICY", "/live/open", 403), ("OF_ROLE", "/live/signed", 403), ("OF_PERMISSION", "/live/open", 500)],
)
def test_arns_of_another_partition_do_not(cloud, place, path, status):
    assert answers(cloud(place), path) == ("blocked", status, status)
    assert findings(cloud(place)) == (["Api"] if place == "OF_POLICY" else [])
