"""Hints that depend on more than the code of a hop."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.render.text import path_text
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, ConnectivityType: private}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Out}}
  ToIgw: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Private, RouteTableId: !Ref Table}}
  ToNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfAcl: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Private, NetworkAclId: !Ref Acl}}
  Leaving: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, SecurityGroupIds: [!Ref Sg]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public, SecurityGroupIds: [!Ref Sg]}}
"""


SHUT = {"  ToNat:": "  Unused:", "  ToIgw:": "  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3'}}\n  ToIgw:",
    "RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0": "RouteTableId: !Ref Table, DestinationCidrBlock: 192.168.0.0/16"}  # fmt: skip


@pytest.mark.parametrize(
    ("destination", "hint"),
    [
        ("aws:s3", "add `Table` to the route tables of the gateway endpoint `Endpoint`"),
        ("aws:ssm", "add a VPC endpoint for `aws:ssm`"),
        ("aws:lambda-url", "one to a NAT gateway in a public subnet"),
        ("internet:tcp/443", "one to a NAT gateway in a public subnet"),
        ("172.16.0.1:tcp/80", "add a route for this private address"),
    ],
)
def test_what_would_be_a_way_out(cloud_of, destination, hint):
    cloud = cloud_of(replaced(TEMPLATE, SHUT))
    assert hint in trace(cloud, parse(cloud, "App", destination)).hint


PEERED = """
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Far, CidrBlock: 10.8.0.0/16}}
  There: {Type: AWS::EC2::Subnet, DependsOn: More, Properties: {VpcId: !Ref Far, CidrBlock: 10.8.1.0/24}}
  Away: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfThere: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref There, RouteTableId: !Ref Away}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  FarSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}]}}
  Db: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref There, SecurityGroupIds: [!Ref FarSg]}}
"""
WAY = "  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 10.8.0.0/16, VpcPeeringConnectionId: !Ref Peering}}\n"


@pytest.mark.parametrize(
    ("source", "more", "hint"),
    [
        ("Web", "", "10.8.0.0/16 to `Peering` in the route table `Out`"),
        ("App", "", "10.8.0.0/16 to `Peering` in the route table `Table`"),
        ("Web", WAY, "10.0.0.0/16 to `Peering` in the route table `Away`"),
    ],
)
def test_a_missing_route_to_a_peered_vpc_is_named(cloud_of, source, more, hint):
    cloud = cloud_of(replaced(TEMPLATE, {"  ToNat:": "  Unused:", "RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0": "RouteTableId: !Ref Table, DestinationCidrBlock: 192.168.0.0/16"}) + PEERED + more)  # fmt: skip
    assert hint in trace(cloud, parse(cloud, source, "Db:tcp/80")).hint


ATTACHED = """
  Tgw: {Type: AWS::EC2::TransitGateway}
  Here: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref Public]}}
  Yonder: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Far, SubnetIds: [!Ref There]}}
"""
HENCE = "  Hence: {Type: AWS::EC2::Route, DependsOn: Here, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 10.8.0.0/16, TransitGatewayId: !Ref Tgw}}\n"
BACK = "  Back: {Type: AWS::EC2::Route, DependsOn: Yonder, Properties: {RouteTableId: !Ref Away, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Tgw}}\n"


@pytest.mark.parametrize(
    ("routes", "hint"),
    [
        ("", "add a route for 10.8.0.0/16 to `Tgw` in the route table `Out`"),
        (HENCE, "add a route for 10.0.0.0/16 to `Tgw` in the route table `Away`"),
        (HENCE + BACK, ""),
    ],
)
def test_a_missing_route_to_a_transit_gateway_is_named(cloud_of, routes, hint):
    far = replaced(PEERED, {"Type: AWS::EC2::VPCPeeringConnection": "Type: AWS::SNS::Topic"})
    cloud = cloud_of(TEMPLATE + far + ATTACHED + routes)
    assert trace(cloud, parse(cloud, "Web", "Db:tcp/80")).hint == hint


def test_a_transit_gateway_that_is_not_known_is_not_named(cloud_of):
    far = replaced(PEERED, {"Type: AWS::EC2::VPCPeeringConnection": "Type: AWS::SNS::Topic"})
    attached = ATTACHED.replace("!Ref Tgw", "!ImportValue hub")
    cloud = cloud_of(TEMPLATE + far + attached)
    assert trace(cloud, parse(cloud, "Web", "Db:tcp/80")).hint.startswith("add a route for this private address")


ZONE = """
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example, VPCs: [{VPCId: !Ref Far, VPCRegion: us-east-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: db.corp.example, Type: A, TTL: "60", ResourceRecords: [10.8.1.4]}}
"""


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("db.corp.example", "associate the private hosted zone `Zone` with `Vpc`"),
        ("dbx.corp.example", "check the name"),
        ("db.mycorp.test", "check the name"),
    ],
)
def test_the_zone_that_a_vpc_does_not_see_is_named(cloud_of, host, hint):
    cloud = cloud_of(
        replaced(TEMPLATE, {"CidrBlock: 10.0.0.0/16": "CidrBlock: 10.0.0.0/16, EnableDnsSupport: true"}) + PEERED + ZONE
    )
    path = trace(cloud, parse(cloud, "Web", f"{host}:tcp/5432"))
    assert path.hint.startswith(hint)


@pytest.mark.parametrize(("source", "table"), [("App", "Table"), ("Web", "Out")])
def test_a_gateway_before_the_blocker_does_not_hide_the_peered_vpc(cloud_of, source, table):
    public = {"ConnectivityType: private": "AllocationId: eipalloc-0123456789abcdef0"}
    cloud = cloud_of(replaced(TEMPLATE, public) + PEERED)
    hint = f"add a route for 10.8.0.0/16 to `Peering` in the route table `{table}`"
    assert trace(cloud, parse(cloud, source, "Db:tcp/80")).hint == hint


@pytest.mark.parametrize(
    ("source", "destination", "hint"),
    [
        ("App", "internet:tcp/443", "make `Nat` a public NAT gateway"),
        ("Web", "internet:tcp/443", "move it to a private subnet"),
        ("Web", "172.16.0.1:tcp/80", "add a route for this private address"),
        ("Web", "internet:tcp/443", "give `Web` a public address"),
        ("App", "Web:tcp/80", "an inbound rule for ports 1024-65535"),
        ("App", "Web:udp/53", "an inbound rule for ports 1024-65535"),
        ("App", "Web:icmp", "an inbound rule for icmp in the network ACL `Acl`"),
        ("Web", "App:tcp/80", "allow tcp/80 from 10.0.1.0/24 by an inbound rule of the network ACL `Acl`"),
        ("internet", "App:tcp/80", "give `App` a public address in a public subnet"),
    ],
)
def test_what_would_let_a_packet_through(cloud_of, source, destination, hint):
    cloud = cloud_of(TEMPLATE)
    assert hint in trace(cloud, parse(cloud, source, destination)).hint


SSM = """
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.ssm
      SubnetIds: [!Ref Private]
      SecurityGroupIds: [!Ref Sg]
"""


@pytest.mark.parametrize("attached", [True, False])
def test_an_endpoint_is_reached_from_inside_whatever_its_vpc_lacks(cloud_of, attached):
    changes = {"  Attached: {Type: AWS::EC2::VPCGatewayAttachment": "  Attached: {Type: AWS::SNS::Topic"}
    cloud = cloud_of(replaced(TEMPLATE, {} if attached else changes) + SSM)
    path = trace(cloud, parse(cloud, "internet", "Ssm:tcp/443"))
    assert path.hint == "reach `Ssm` from inside its VPC: it never has a public address"


@pytest.mark.parametrize(
    ("changes", "source", "destination", "hints"),
    [
        (
            {"Egress: true, CidrBlock: 0.0.0.0/0": "Egress: true, CidrBlock: 192.0.2.0/24"},
            "App",
            "internet:tcp/443",
            ["make `Nat` a public NAT gateway"],
        ),
        (
            {"Egress: true, CidrBlock: 0.0.0.0/0": "Egress: true, CidrBlock: 192.168.0.0/16"},
            "App",
            "internet:tcp/443",
            ["allow tcp/443 to 0.0.0.0/0 by an outbound rule", "make `Nat` a public NAT gateway"],
        ),
        (
            {"CidrIp: 0.0.0.0/0": "CidrIp: 192.168.0.0/16"},
            "Web",
            "App:tcp/80",
            ["allow tcp/80 from 10.0.1.0/24 by an inbound rule", "let `Sg` admit tcp/80 from `Sg`"],
        ),
    ],
)
def test_all_filters_on_a_way_have_their_hint(cloud_of, changes, source, destination, hints):
    cloud = cloud_of(replaced(TEMPLATE, changes))
    path = trace(cloud, parse(cloud, source, destination))
    assert [one[: len(wanted)] for one, wanted in zip(path.advice, hints, strict=True)] == hints
    assert all(f"hint: {one}" in path_text(path) for one in path.advice)


@pytest.mark.parametrize(
    ("changes", "source", "destination", "hint"),
    [
        ({"SubnetId: !Ref Private, RouteTableId": "SubnetId: subnet-0123456789abcdef0, RouteTableId"}, "App", "internet:tcp/443", "associate `Private` with a route table"),
        ({"SubnetId: !Ref Private, SecurityGroupIds": "NetworkInterfaces: [{DeviceIndex: '0', SubnetId: !Ref Private, AssociatePublicIpAddress: true, GroupSet: [!Ref Sg]}], Tags"}, "internet", "App:tcp/80", "move `App` to a public subnet"),
    ],
)  # fmt: skip
def test_the_subnet_that_has_to_change_is_named(cloud_of, changes, source, destination, hint):
    cloud = cloud_of(replaced(TEMPLATE, changes))
    assert any(one.startswith(hint) for one in trace(cloud, parse(cloud, source, destination)).advice)


def test_the_holder_of_an_address_that_two_vpcs_have_is_named(cloud_of):
    twin = """
  Twin: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  There: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Twin, CidrBlock: 10.0.2.0/24}}
  Db: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref There}}
"""
    cloud = cloud_of(TEMPLATE + twin)
    path = trace(cloud, parse(cloud, "Web", "Db:tcp/80"))
    (hop,) = [hop for hop in path.hops if hop.verdict == "deny"]
    assert "is the address of App" in hop.rule
    assert "do not overlap" in path.hint


@pytest.mark.parametrize(("type_", "whom"), [("VPCPeeringConnection", "`Sg`"), ("Nothing", "10.0.1.0/24")])
def test_a_group_that_a_rule_cannot_refer_to_is_not_named(cloud_of, type_, whom):
    changes = {"CidrIp: 0.0.0.0/0": "CidrIp: 192.0.2.0/24", "VPCPeeringConnection": type_}
    cloud = cloud_of(TEMPLATE + replaced(PEERED, changes))
    path = trace(cloud, parse(cloud, "Web", "Db:tcp/80"))
    (hop,) = [hop for hop in path.hops if hop.kind == "sg in"]
    assert path.hint_for(hop).endswith(f"from {whom}")


BEHIND_NAT = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Outer: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Outer, ConnectivityType: private, PrivateIpAddress: 10.0.2.20}}
  InnerTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OuterTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfInner: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref InnerTable, SubnetId: !Ref Inner}}
  OfOuter: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref OuterTable, SubnetId: !Ref Outer}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref FarA}}
  ToNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref InnerTable, DestinationCidrBlock: 10.9.0.0/16, NatGatewayId: !Ref Nat}}
  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref OuterTable, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc}}
  FarSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: ADMITTED}]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Sg]}}
  Db: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarA, SecurityGroupIds: [!Ref FarSg]}}
"""


def test_the_rule_for_packets_behind_a_gateway_is_by_its_address(cloud_of):
    cloud = cloud_of(BEHIND_NAT.replace("ADMITTED", "10.0.1.0/24"))
    path = trace(cloud, parse(cloud, "App", "Db:tcp/22"))
    assert (path.verdict, path.hint) == ("blocked", "let `FarSg` admit tcp/22 from 10.0.2.20")
    mended = cloud_of(BEHIND_NAT.replace("ADMITTED", "10.0.2.20/32"))
    assert trace(mended, parse(mended, "App", "Db:tcp/22")).verdict == "reachable"


SHOWN = """
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internet-facing, Subnets: [!Ref Front]}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: TCP, TargetType: instance, VpcId: !Ref Vpc, Targets: [{Id: !Ref Shown}]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Nlb, Port: 80, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Front: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.8.0/24}}
  FrontTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfFront: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FrontTable, SubnetId: !Ref Front}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref FrontTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Behind: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}}
  Shown: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Behind, SecurityGroupIds: [!Ref Sg]}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfBehind: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Behind}}
  In: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: ADMITTED}}
  Back: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Egress: true, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
"""


def test_an_acl_behind_a_load_balancer_admits_the_clients_that_it_shows(cloud_of):
    cloud = cloud_of("Resources:" + SHOWN.replace("ADMITTED", "10.0.0.0/16"))
    path = trace(cloud, parse(cloud, "internet", "Nlb:tcp/80"))
    assert path.verdict == "blocked"
    assert path.hint.startswith("allow tcp/80 from 0.0.0.0/0 by an inbound rule of the network ACL `Acl`")
    mended = cloud_of("Resources:" + SHOWN.replace("ADMITTED", "0.0.0.0/0"))
    assert trace(mended, parse(mended, "internet", "Nlb:tcp/80")).verdict == "reachable"


DIRECT = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 172.16.0.0/12, TransitGatewayId: !Ref Tgw}}
  Tgw: {Type: AWS::EC2::TransitGateway}
  Att: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}
  Direct: {Type: AWS::DirectConnect::DirectConnectGateway, Properties: {DirectConnectGatewayName: d}}
  OfTgw: {Type: AWS::DirectConnect::DirectConnectGatewayAssociation, Properties: {DirectConnectGatewayId: !Ref Direct, AssociatedGatewayId: !Ref Tgw}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: s, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]}}
  Vm: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Sg]}}
"""


def test_a_client_without_an_address_is_asked_for_one(cloud_of):
    cloud = cloud_of(DIRECT)
    path = trace(cloud, parse(cloud, "on-premises", "Vm:tcp/22"))
    assert path.verdict == "unknown"
    assert path.hint == "to settle it: ask from an address of the client, such as `192.168.1.5`"


@pytest.mark.parametrize(
    ("destination", "whom"),
    [("Web:tcp/80", "`Sg`"), ("internet:tcp/80", "0.0.0.0/0"), ("10.0.1.77:tcp/80", "10.0.1.77")],
)
def test_an_egress_rule_names_its_destination(cloud_of, destination, whom):
    closed = "  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, SecurityGroupIds: [!Ref Shut]}}"
    shut = "  Shut: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: no, VpcId: !Ref Vpc, SecurityGroupEgress: [{IpProtocol: -1, CidrIp: 127.0.0.1/32}]}}"
    template = replaced(TEMPLATE, {"  App: ": f"{shut}\n{closed}\n  Other: "})
    path = trace(cloud_of(template), parse(cloud_of(template), "App", destination))
    assert path.advice[0] == f"let `Shut` out to {whom}: an egress rule for tcp/80"


def test_a_target_that_is_not_modelled_asks_for_no_input(cloud_of):
    gateway = "  Cgw: {Type: AWS::EC2::CarrierGateway, Properties: {VpcId: !Ref Vpc}}\n"
    cloud = cloud_of(TEMPLATE.replace("NatGatewayId: !Ref Nat", "CarrierGatewayId: !Ref Cgw") + gateway)
    path = trace(cloud, parse(cloud, "App", "internet"))
    assert (path.verdict, path.missing, path.hint, path.assumptions) == ("unknown", (), "", ())
    assert "unknown: netful does not understand all that takes part" in path_text(path)


CLOSED = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, DisableExecuteApiEndpoint: true}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}}
"""
DOMAIN = """
  Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: api.example.com}}
  Mapped: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {ApiId: !Ref Api, DomainName: !Ref Domain, Stage: !Ref Stage}}
"""


@pytest.mark.parametrize(
    ("domain", "hint"),
    [
        ("", "give `Api` a custom domain, or set `DisableExecuteApiEndpoint: false`"),
        (DOMAIN, "call `Api` by its custom domain"),
    ],
)
def test_an_api_without_its_own_name_is_called_by_a_domain_that_it_has(cloud_of, domain, hint):
    cloud = cloud_of(CLOSED + domain)
    assert trace(cloud, parse(cloud, "internet", "Api GET /")).hint == hint
