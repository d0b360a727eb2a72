"""VPC encryption controls: what AWS refuses in a VPC that enforces, and what the control excludes (newer-aws §10.3)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Control: {Type: AWS::EC2::VPCEncryptionControl, Properties: {VpcId: !Ref Vpc, CONTROL}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Eigw: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
  Vgw: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  OfVgw: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Vgw}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, MapPublicIpOnLaunch: true}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Private:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a, AssignIpv6AddressOnCreation: true,
      Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 16, 64]]}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Private}}
  ByNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  RegionalNat: {Type: AWS::EC2::NatGateway, Properties: {AvailabilityMode: regional, VpcId: !Ref Vpc}}
  ByRegionalNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 8.8.8.0/24, NatGatewayId: !Ref RegionalNat}}
  BySix: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: !Ref Eigw}}
  ByVpn: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 192.168.0.0/16, GatewayId: !Ref Vgw}}
  Site: {Type: AWS::EC2::CustomerGateway, Properties: {Type: ipsec.1, BgpAsn: 65000, IpAddress: 198.51.100.1}}
  Vpn: {Type: AWS::EC2::VPNConnection, Properties: {Type: ipsec.1, CustomerGatewayId: !Ref Site, VpnGatewayId: !Ref Vgw}}
  ByPeering: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1a}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref FarSubnet}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Hub: {Type: AWS::EC2::TransitGateway, Properties: {EncryptionSupport: SUPPORT}}
  ToHub: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref Private]}}
  FarToHub: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Far, SubnetIds: [!Ref FarSubnet]}}
  PublicByHub: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 10.9.0.0/16, TransitGatewayId: !Ref Hub}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: open, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}], SecurityGroupEgress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}, {IpProtocol: "-1", CidrIpv6: "::/0"}]}}
  FarOpen: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: open, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public, SecurityGroupIds: [!Ref Open]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, SecurityGroupIds: [!Ref Open]}}
  FarApp: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarSubnet, SecurityGroupIds: [!Ref FarOpen]}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}, VpcConfig: {SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Open]}}}
  Files: {Type: AWS::EFS::FileSystem}
  Mount: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref Private, SecurityGroups: [!Ref Open]}}
"""
FAR_TOO = "  FarControl: {Type: AWS::EC2::VPCEncryptionControl, Properties: {VpcId: !Ref Far, Mode: enforce}}\n"


def verdict(cloud_of, source, destination, control="Mode: enforce", support="disable", more=""):
    made = cloud_of(TEMPLATE.replace("CONTROL", control).replace("SUPPORT", support) + more)
    found = trace(made, parse(made, source, destination))
    refused = "NETFUL_ENCRYPTION_ENFORCED" in [hop.code for hop in found.hops]
    return found.verdict, refused


@pytest.mark.parametrize(
    ("source", "destination", "excluded"),
    [
        ("Web", "internet", ("InternetGateway",)),
        ("internet", "Web:tcp/443", ("InternetGateway",)),
        ("App", "internet", ("NatGateway", "InternetGateway")),
        ("App", "8.8.8.8:tcp/443", ("NatGateway", "InternetGateway")),
        ("App", "internet6", ("EgressOnlyInternetGateway",)),
        ("App", "192.168.1.1:tcp/443", ("VirtualPrivateGateway",)),
        ("on-premises", "App:tcp/443", ("VirtualPrivateGateway",)),
        ("App", "FarApp:tcp/443", ("VpcPeering",)),
        ("FarApp", "App:tcp/443", ("VpcPeering",)),
        ("Fn", "App:tcp/443", ("Lambda",)),
        ("App", "Mount:tcp/2049", ("ElasticFileSystem",)),
    ],
)
def test_what_is_refused_unless_it_is_excluded(cloud_of, source, destination, excluded):
    names = (
        "InternetGateway EgressOnlyInternetGateway NatGateway VirtualPrivateGateway VpcPeering Lambda ElasticFileSystem"
    )
    without = {name: [one for one in names.split() if one != name] for name in excluded}
    assert verdict(cloud_of, source, destination, "Mode: monitor") == ("reachable", False)
    assert verdict(cloud_of, source, destination, _enforced(excluded)) == ("reachable", False)
    for others in without.values():
        assert verdict(cloud_of, source, destination, _enforced(others)) == ("blocked", True)


def _enforced(excluded):
    return ", ".join(["Mode: enforce", *(f"{name}ExclusionInput: enable" for name in excluded)])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"more": FAR_TOO}, ("reachable", False)),  # both enforce
        ({"control": "Mode: monitor", "more": FAR_TOO}, ("blocked", True)),
        ({"control": "Mode: !Ref Given"}, ("unknown", False)),
        ({"control": "Mode: enforce, VpcPeeringExclusionInput: !Ref Given"}, ("unknown", False)),
        ({"control": "Mode: moonlight"}, ("unknown", False)),
    ],
)
def test_peering(cloud_of, settings, expected):
    assert verdict(cloud_of, "App", "FarApp:tcp/443", **settings) == expected


@pytest.mark.parametrize(("support", "refused"), [("enable", False), ("disable", True)])
def test_transit_gateway(cloud_of, support, refused):
    assert verdict(cloud_of, "Web", "FarApp:tcp/443", support=support)[1] == refused


def test_traffic_inside_the_vpc_is_not_judged(cloud_of):
    assert verdict(cloud_of, "Web", "App:tcp/443") == ("reachable", False)
