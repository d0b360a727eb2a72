"""Failures: what is left of a cloud, and which flows it ends."""

import pytest

from netful import sources
from netful.engine.failures.failure import FailureKind, failure_of, single_failures
from netful.engine.failures.outage import outage_of
from netful.engine.failures.resilience import Extent, resilience
from netful.engine.failures.without import what_if, without_failure
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError

TEMPLATE = """
Parameters: {Zone: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, EnableDnsSupport: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: !Ref Zone}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: open, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  NatA: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref PublicA, AllocationId: !GetAtt Eip.AllocationId}}
  Eip: {Type: AWS::EC2::EIP}
  PublicA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.4.0/24, AvailabilityZone: us-east-1a}}
  Public: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPublicA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref PublicA, RouteTableId: !Ref Public}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  TableA: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref TableA}}
  ByNatA: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref NatA}}
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.ssm, VpcEndpointType: Interface, PrivateDnsEnabled: true,
      SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Open]}
  Sqs:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true,
      SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref TableA]}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Both: &function
    Type: AWS::Lambda::Function
    Properties: &code {Code: {ZipFile: pass}, Role: !GetAtt Role.Arn, VpcConfig: {SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Open]}}
  OnlyA:
    Type: AWS::Lambda::Function
    Properties: {Code: {ZipFile: pass}, Role: !GetAtt Role.Arn, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}
  Places: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Single: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBSubnetGroupName: !Ref Places, VPCSecurityGroups: [!Ref Open]}}
  Spread:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, MultiAZ: true, DBSubnetGroupName: !Ref Places, VPCSecurityGroups: [!Ref Open]}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: application, Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open]}
  Hosts:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Protocol: HTTP, Port: 80, Targets: [{Id: !Ref HostA}, {Id: !Ref HostB}]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Protocol: HTTP, Port: 80, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Hosts}]}
  PublicB: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.5.0/24, AvailabilityZone: us-east-1b}}
  OfPublicB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref PublicB, RouteTableId: !Ref Public}}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Subnets: [!Ref PublicA, !Ref PublicB]}}
  FrontHosts:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Protocol: TCP, Port: 443, TargetType: ip, Targets: [{Id: !GetAtt HostA.PrivateIp}, {Id: !GetAtt HostB.PrivateIp}],
      TargetGroupAttributes: [{Key: preserve_client_ip.enabled, Value: "false"}]}
  FrontListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Front, Protocol: TCP, Port: 443, DefaultActions: [{Type: forward, TargetGroupArn: !Ref FrontHosts}]}
  Offered: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [!Ref Front]}}
  Offer:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Other, ServiceName: !Sub "com.amazonaws.vpce.us-east-1.${Offered}", VpcEndpointType: Interface,
      SubnetIds: [!Ref Far], SecurityGroupIds: [!Ref FarGroup]}
  HostA: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
  HostB: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref B, SecurityGroupIds: [!Ref Open]}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  Far: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Other, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1b}}
  FarGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: far, VpcId: !Ref Other, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}
  FarHost: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Far, SecurityGroupIds: [!Ref FarGroup]}}
  Hub: {Type: AWS::EC2::TransitGateway}
  HubVpc: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref A, !Ref B]}}
  HubFar: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Other, SubnetIds: [!Ref Far]}}
  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 10.9.0.0/16, TransitGatewayId: !Ref Hub}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Other}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Far, RouteTableId: !Ref FarTable}}
  FromFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Hub}}
""".replace("&function", "").replace("&code ", "")


MORE = """
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref TableA}}
  Aurora: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-postgresql, DBSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Open]}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Aurora}}
  Reader: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Aurora}}
  Little: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-postgresql, DBSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Open]}}
  Alone: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Little}}
  Third: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
  ThirdA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Third, CidrBlock: 10.8.1.0/24, AvailabilityZone: us-east-1a}}
  ThirdOpen:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: open, VpcId: !Ref Third, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}
  ThirdHost: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref ThirdA, SecurityGroupIds: [!Ref ThirdOpen]}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Third}}
  ToThird: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 10.8.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  ThirdTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Third}}
  OfThird: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref ThirdA, RouteTableId: !Ref ThirdTable}}
  FromThird: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref ThirdTable, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Unsure: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: u, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: !ImportValue block}]}}
  HostU: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref B, SecurityGroupIds: [!Ref Unsure]}}
  Mixed:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Protocol: HTTP, Port: 80, Targets: [{Id: !Ref HostA}, {Id: !Ref HostU}]}
  MixedListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Protocol: HTTP, Port: 81, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Mixed}]}
"""


def load(folder, text):
    file = folder / "template.yaml"
    file.write_text(text)
    return sources.load([file], region="us-east-1")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    return load(tmp_path_factory.mktemp("failures"), TEMPLATE)


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    return load(tmp_path_factory.mktemp("failures"), TEMPLATE + MORE)


def verdict(cloud, source, destination, *words):
    left, _ = what_if(cloud, words)
    return trace(left, parse(left, source, destination)).verdict


@pytest.mark.parametrize(
    ("source", "destination", "failure", "expected"),
    [
        ("Both", "aws:ssm", "az:us-east-1a", "reachable"),
        ("Both", "aws:ssm", "az:us-east-1b", "reachable"),
        ("Both", "aws:ssm", "Ssm", "blocked"),
        (
            "Both",
            "aws:sqs",
            "az:us-east-1a",
            "blocked",
        ),  # the endpoint's name stays its own: it does not become public again
        ("Both", "aws:sqs", "az:us-east-1b", "reachable"),
        ("OnlyA", "aws:ssm", "az:us-east-1a", "blocked"),
        ("OnlyA", "internet:tcp/443", "NatA", "blocked"),
        ("OnlyA", "internet:tcp/443", "Igw", "blocked"),
        ("OnlyA", "internet:tcp/443", "PublicA", "blocked"),
        ("OnlyA", "aws:s3", "S3", "blocked"),
        ("OnlyA", "aws:s3", "NatA", "reachable"),
        ("Both", "Balancer:tcp/80", "HostA", "reachable"),
        ("Both", "Balancer:tcp/80", "az:us-east-1b", "reachable"),
        ("Both", "Balancer:tcp/80", "Balancer", "blocked"),
        ("OnlyA", "HostB:tcp/22", "HostB", "blocked"),
        ("OnlyA", "FarHost:tcp/22", "Hub", "blocked"),
        ("OnlyA", "FarHost:tcp/22", "HubVpc", "blocked"),
        ("OnlyA", "FarHost:tcp/22", "HubFar", "blocked"),
        ("OnlyA", "FarHost:tcp/22", "az:us-east-1b", "blocked"),
        ("OnlyA", "FarHost:tcp/22", "Other", "blocked"),
        ("FarHost", "Offer:tcp/443", "eni-Front-PublicA", "reachable"),
        ("FarHost", "Offer:tcp/443", "eni-Front-PublicB", "blocked"),  # the node in the endpoint's zone
        ("Both", "Spread", "az:us-east-1a", "reachable"),
    ],
)
def test_what_is_left(cloud, source, destination, failure, expected):
    assert verdict(cloud, source, destination, failure) != "unknown"
    assert verdict(cloud, source, destination, failure) == expected


def test_the_addresses_of_what_failed_answer_nobody(cloud):
    answered = set()
    for failure in single_failures(cloud):
        left, gone = without_failure(cloud, failure), outage_of(cloud, (failure,)).interfaces
        for eni in (cloud.network.network_interfaces[id_] for id_ in gone if id_ != "eni-FarHost"):
            for source, address in [("FarHost", eni.private_ip_address), ("internet", eni.public_ip)]:
                if address is not None and verdict(cloud, source, f"{address}:tcp/443") == "reachable":
                    answered.add((failure.kind, source))
                    path = trace(left, parse(left, source, f"{address}:tcp/443"))
                    assert path.verdict == "blocked", (str(failure), eni.id, source)
    assert {
        (FailureKind.NODE, "internet"),
        (FailureKind.ZONE, "internet"),
        (FailureKind.ENDPOINT_INTERFACE, "FarHost"),
    } <= answered


def test_failures_at_once(cloud):
    assert verdict(cloud, "Both", "Balancer:tcp/80", "HostA", "HostB") == "blocked"
    first, second = (eni.id for eni in cloud.network.interfaces_of("Ssm"))
    assert verdict(cloud, "Both", "aws:ssm", first) == "reachable"
    assert verdict(cloud, "Both", "aws:ssm", first, second) == "blocked"


def test_what_is_not_known_of_a_zone_is_assumed(cloud):
    _, assumed = what_if(cloud, ("az:us-east-1a",))
    said = " ".join(assumed)
    assert "`Single`" in said
    assert "`Spread`" not in said
    assert "zone of C " in said
    assert len(what_if(cloud, ("NatA",))[1]) == 1


@pytest.mark.parametrize("word", ["az:us-east-1f", "Open", "Nothing", "Role"])
def test_what_cannot_fail(cloud, word):
    with pytest.raises(QuestionError) as error:
        failure_of(cloud, word)
    assert error.value.hint


def test_single_failures_are_of_every_kind(cloud):
    kinds = {one.kind for one in single_failures(cloud)}
    assert kinds == set(FailureKind) - {FailureKind.OTHER}
    assert all(failure_of(cloud, str(one)) == one for one in single_failures(cloud))


def test_resilience_names_how_much_ends_and_what_mends_it(cloud):
    report = resilience(
        cloud, (["Both", "OnlyA"], ["aws:ssm", "aws:sqs", "internet:tcp/443", "Single", "Balancer:tcp/80"])
    )
    losses = {
        (flow.sources, flow.destination, str(loss.failure)): loss for flow in report.flows for loss in flow.losses
    }
    flows = {(flow.sources, flow.destination) for flow in report.flows}
    assert (("Both",), "internet:tcp/443") not in flows  # not from its subnet B: it does not work today
    of_nat = losses[("OnlyA",), "internet:tcp/443", "NatA"]
    assert of_nat.extent == Extent.ENDS
    assert of_nat.mend.what.startswith("nothing: AWS runs `NatA` with spares")  # it is that of its zone alone
    of_zone = losses[("OnlyA",), "aws:ssm", "az:us-east-1a"]
    assert (of_zone.extent, of_zone.mend.adds) == (Extent.ENDS, "no charge")
    assert losses[("Both",), "aws:sqs", "Sqs"].mend.what == "a subnet in another zone for `Sqs`"
    assert losses[("Both",), "aws:ssm", "Ssm"].mend.what.startswith("nothing: AWS runs `Ssm`")
    unknown = losses[("Both",), "Single", "az:us-east-1b"]
    assert (unknown.extent, "MultiAZ" in unknown.mend.what) == (Extent.UNKNOWN, True)
    assert not [key for key in losses if key[1] == "Balancer:tcp/80" and key[0] == ("Both",)]


def test_a_cluster_with_several_instances_is_of_several_zones(larger):
    said = " ".join(what_if(larger, ("az:us-east-1a",))[1])
    assert "`Single`" in said
    assert "`Alone`" in said
    assert "`Writer`" not in said


def test_what_ends_only_larger_networks(larger):
    assert verdict(larger, "Both", "ThirdHost:tcp/80") == "reachable"
    assert verdict(larger, "Both", "ThirdHost:tcp/80", "Peering") == "blocked"
    report = resilience(larger, (["Both"], ["internet:tcp/443", "Balancer:tcp/81"]))
    losses = {(flow.destination, str(loss.failure)): loss for flow in report.flows for loss in flow.losses}
    assert losses["internet:tcp/443", "NatA"].mend.what.startswith("a NAT gateway in each zone")
    (shown,) = [one for one in report.to_json()["flows"] if one["to"] == "Balancer:tcp/81"]
    unsure = {"extent": "unknown", "why": "it depends on import block", "mend": None}
    assert shown == {
        "from": ["Both"],
        "to": "Balancer:tcp/81",
        "ended_by": [
            {"failure": "az:us-east-1a", "kind": "zone", **unsure},
            {"failure": "HostA", "kind": "instance", **unsure},
        ],
    }
    assert {"name": "NatA", "kind": "nat gateway"} in report.to_json()["failures"]


@pytest.mark.parametrize(
    ("destination", "failures"),
    [
        ("internet:tcp/443", ["az:us-east-1a", "NatA", "Igw"]),
        ("FarHost:tcp/22", ["az:us-east-1a", "az:us-east-1b", "Hub", "HubVpc", "HubFar", "FarHost"]),
        ("ThirdHost:tcp/80", ["az:us-east-1a", "Peering", "ThirdHost"]),
    ],
)
def test_every_failure_that_ends_a_flow_is_found(larger, destination, failures):
    (flow,) = resilience(larger, (["OnlyA"], [destination])).flows
    assert [str(loss.failure) for loss in flow.losses] == failures
