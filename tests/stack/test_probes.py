"""Probes: the attempts of sources that fail in different ways agree with the prediction for each."""

import pytest

from tests.helpers.stacks import written

pytestmark = [pytest.mark.packets, pytest.mark.programs]

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Out: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Isolated: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Ways: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Ways}}
  ToInternet: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Ways, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  Outward: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfOut: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Out, RouteTableId: !Ref Outward}}
  ByNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Outward, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/fn
      Code: {ZipFile: "def handler(event, context): pass\\n"}
      VpcConfig: {SubnetIds: [!Ref Out, !Ref Isolated], SecurityGroupIds: [!Ref Group]}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: p, EndpointConfiguration: {Types: [PRIVATE]}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE,
      Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}
  Deployed: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api, StageName: prod}}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from written(tmp_path_factory.mktemp("probes"), TEMPLATE).while_up()


def test_live_answers_name_the_lines_of_the_template(stack):
    live = stack.json("trace", "subnet:Out+Group", "internet:tcp/443", "--live", "--stack", "s")
    read = stack.trace("subnet:Out+Group", "internet:tcp/443")
    places = [hop["origin"] for hop in read["hops"]]
    assert any("template.yaml:" in place for place in places)
    assert [hop["origin"] for hop in live["hops"]] == places


def test_one_subnet_is_refused_and_the_other_has_no_way(stack):
    (api,) = stack.json("show", "--live", "--stack", "s")["apis"]
    found = stack.probe("Fn", api["invoke_urls"][0])
    assert [one["symptom"] for one in found["observed"]] == ["http", "timeout"]
    assert found["agree"]
