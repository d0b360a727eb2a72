"""`internet` where groups or ACLs admit some of its clients alone: a path for those, and who they are."""

from ipaddress import IPv4Address

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace, trace_as_sent
from netful.model.network.gateways import InternetGateway
from netful.model.network.route_tables import TargetKind
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, main_table, route, rule

OFFICE, HOME, PARTNER = "81.2.69.0/24", "67.43.156.5/32", "10.9.0.0/16"


def web(*peers, acls=(), port=22):
    ingress = tuple(rule(6, 22, peer=peer) for peer in peers)
    made = cloud(
        group("Sg", ingress=ingress),
        InternetGateway("Igw", "Vpc"),
        main_table(route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")),
        eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7")),
        *acls,
    )
    return made, parse(made, "internet", f"Web:tcp/{port}")


def only(path):
    return [note for note in path.assumptions if note.startswith("of the internet's clients only")]


def test_clients_that_a_group_names_get_through_and_are_told():
    path = trace(*web(OFFICE, HOME, PARTNER))
    assert path.verdict == "reachable"
    assert only(path) == [
        "of the internet's clients only 81.2.69.0/24, 67.43.156.5/32 get through: `Sg` blocks the others"
    ]
    assert any(str(OFFICE) in hop.rule for hop in path.hops)


def test_the_client_of_a_running_stack_is_one_whom_no_rule_names():
    assert trace_as_sent(*web(OFFICE)).verdict == "blocked"


@pytest.mark.parametrize(
    "asked", [web(), web(PARTNER), web("Sg"), web(OFFICE, port=80)], ids=["none", "private", "group", "another port"]
)
def test_where_nobody_there_is_admitted_it_stays_blocked(asked):
    path = trace(*asked)
    assert (path.verdict, only(path)) == ("blocked", [])


def test_what_anybody_reaches_is_told_without_names():
    path = trace(*web("0.0.0.0/0", OFFICE))
    assert (path.verdict, only(path)) == ("reachable", [])


def test_an_acl_names_clients_as_a_group_does():
    narrow = acl(ingress=(entry(100, True, block=HOME),), subnet_ids=("A",))
    path = trace(*web("0.0.0.0/0", acls=(narrow,)))
    assert path.verdict == "reachable"
    assert only(path) == ["of the internet's clients only 67.43.156.5/32 get through: `Acl` blocks the others"]
    assert trace(*web(OFFICE, acls=(narrow,))).verdict == "blocked"


CHANCE = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
      Gateway: {Type: AWS::EC2::InternetGateway}
      Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
      Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
      ByGateway: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
      OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Out}}
      Eip: {Type: AWS::EC2::EIP}
      Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, AllocationId: !GetAtt Eip.AllocationId}}
      Private: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
      ByNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Private, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
      OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref Private}}
      Office: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [
        {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 192.0.2.0/24}, {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}}
      Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Office]}}
      Fn: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: ""}}}
      Inside: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: ""}, VpcConfig: {SubnetIds: [!Ref B], SecurityGroupIds: [!Ref Office]}}}
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Policy: {Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*,
            Condition: {IpAddress: {aws:SourceIp: [BLOCK]}}}]}
      Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: "https://example.com/"}}}
      Live: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api, StageName: v1}}
"""


@pytest.mark.parametrize(
    ("source", "destination", "block", "owners"),
    [
        ("internet", "Web:tcp/22", "10.0.0.0/8", ["internet"]),
        ("Fn", "Web:tcp/22", "10.0.0.0/8", ["Fn"]),
        ("192.0.2.9", "Web:tcp/22", "10.0.0.0/8", []),
        ("internet", "Web:tcp/80", "10.0.0.0/8", []),
        ("Inside", "Api GET /v1/", "203.0.113.0/24", ["Eip"]),
        ("Inside", "Api GET /v1/", "!Sub '${Eip}/32'", []),
        ("192.0.2.9", "Api GET /v1/", "192.0.2.0/24", []),
    ],
)
def test_an_address_that_netful_chose_in_a_block_of_the_sources_is_told(cloud_of, source, destination, block, owners):
    made = cloud_of(CHANCE.replace("BLOCK", block))
    path = trace(made, parse(made, source, destination))
    told = [note.split("`")[3] for note in path.assumptions if note.startswith("the `Address` of ")]
    assert (path.verdict, told) == ("reachable", owners)
