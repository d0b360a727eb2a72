from ipaddress import IPv4Network, ip_address, ip_network
from itertools import product

import pytest

from netful.engine.names import endpoint_names
from netful.engine.names.resolution import resolve
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import DEFAULT, Origin, Unknown
from netful.model.network.route_tables import TargetKind
from netful.model.network.security_groups import PeerKind
from netful.model.network.vpc import ZoneSource
from netful.model.network.vpc_endpoints import EndpointType
from netful.sources import load
from tests.helpers.ids import ec2_id

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicRoute:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  PublicAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
"""


def with_more(more: str) -> str:
    return NETWORK + more


def test_a_vpc_has_its_main_table_default_acl_and_default_group(cloud_of):
    cloud = cloud_of(NETWORK)
    assert cloud.network.route_table_of("Private").id == "Vpc.main"
    assert cloud.network.network_acl_of("Private").id == "Vpc.default-acl"
    group = cloud.network.default_security_group_of("Vpc")
    assert group.id == "Vpc.default"
    assert [(r.peer_kind, r.peer) for r in group.ingress] == [(PeerKind.GROUP, "Vpc.default")]
    assert group.origin == DEFAULT


def test_explicit_association_and_route_with_their_lines(cloud_of):
    table = cloud_of(NETWORK).network.route_table_of("Public")
    (route,) = table.routes
    assert (route.target_kind, route.target_id, route.blackhole) == (TargetKind.INTERNET_GATEWAY, "Gateway", False)
    assert route.origin == Origin("template.yaml", 9)
    assert table.association_origins == {"Public": Origin("template.yaml", 12)}


def test_a_route_to_an_unattached_gateway_is_a_blackhole(cloud_of):
    lines = [line for line in NETWORK.splitlines() if "Attachment:" not in line]
    (route,) = cloud_of("\n".join(lines)).network.route_tables["PublicTable"].routes
    assert route.blackhole


def test_a_route_to_the_egress_only_gateway_of_another_vpc_is_a_blackhole(cloud_of):
    more = """
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Out: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref PLACE}}
  Six:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PublicTable, DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: !Ref Out}
"""
    for place, is_blackhole in (("Vpc", False), ("Far", True)):
        routes = cloud_of(with_more(more.replace("PLACE", place))).network.route_tables["PublicTable"].routes
        assert [route.blackhole for route in routes] == [False, is_blackhole]


@pytest.mark.parametrize(
    ("destination", "is_made"),
    [
        ("10.0.1.0/24", True),
        ("10.0.0.0/16", True),
        ("10.0.9.0/24", True),  # another stack may have this subnet
        ("10.0.1.0/25", False),
        ("10.0.1.4/32", False),
        ("10.0.0.0/23", False),
    ],
)
def test_a_route_inside_the_vpc_is_for_a_whole_subnet(cloud_of, destination, is_made):
    cloud = cloud_of(
        with_more(f"""
  Inside:
    Type: AWS::EC2::Route
    Properties: {{RouteTableId: !Ref PublicTable, DestinationCidrBlock: {destination}, NatGatewayId: !Ref Nat}}
""")
    )
    routes = [route.id for route in cloud.network.route_tables["PublicTable"].routes]
    assert ("Inside" in routes, any("`Inside` is left out" in one for one in cloud.template.warnings)) == (
        is_made,
        not is_made,
    )


def test_a_route_table_of_another_vpc(cloud_of):
    cloud = cloud_of(
        with_more("""
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  FarRoute: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref Private}}
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Far
      ServiceName: com.amazonaws.us-east-1.s3
      RouteTableIds: [!Ref FarTable, !Ref PublicTable]
""")
    )
    assert cloud.network.route_table_of("Private").id == "Vpc.main"
    users = [
        table.id for table in cloud.network.route_tables.values() if "S3" in [one.target_id for one in table.routes]
    ]
    assert users == ["FarTable"]
    assert [one.partition("`")[2].partition("`")[0] for one in cloud.template.warnings] == ["FarRoute", "S3"]


def test_the_kind_of_a_subnet_needs_no_gateway_id_but_the_condition_that_decides_between_two(cloud_of):
    target, either = "GatewayId: !Ref Gateway", "GatewayId: !If [ByNat, !Ref AWS::NoValue, !Ref Gateway]"
    asked = "Parameters: {Id: {Type: String}}\nConditions: {ByNat: !Equals [!Ref Id, nat-1]}\n" + NETWORK
    for written, kind in (
        ("NatGatewayId: !Ref Id", "private-nat"),
        ("CoreNetworkArn: !Ref Id", "private-nat"),
        (f"NatGatewayId: !If [ByNat, !Ref Nat, !Ref AWS::NoValue], {either}", "unknown"),
    ):
        assert subnet_kind(cloud_of(asked.replace(target, written)), "Public") == kind


def test_nat_and_elastic_ip(cloud_of):
    cloud = cloud_of(NETWORK)
    (eni,) = cloud.network.interfaces_of("Nat")
    assert eni.public_ip == cloud.network.elastic_ips["Eip"].public_ip == ip_address("203.0.113.1")
    assert cloud.network.nat_gateways["Nat"].subnet_id == "Public"


@pytest.mark.parametrize("written", ["198.18.7.7", "{Ref: Written}"])
def test_an_elastic_ip_has_the_address_that_is_written(cloud_of, written):
    """One without an address gets none that is written for another."""
    cloud = cloud_of(f"""
Parameters: {{Written: {{Type: String, Default: 198.18.7.7}}}}
Resources:
  Free: {{Type: AWS::EC2::EIP}}
  Own: {{Type: AWS::EC2::EIP, Properties: {{Address: {written}}}}}
  First: {{Type: AWS::EC2::EIP, Properties: {{Address: 203.0.113.1}}}}
  Other: {{Type: AWS::EC2::EIP, Properties: {{Address: {{"Fn::GetAtt": [Own, PublicIp]}}}}}}
  Odd: {{Type: AWS::EC2::EIP, Properties: {{Address: none}}}}
""")
    found = {id_: str(one.public_ip) for id_, one in cloud.network.elastic_ips.items()}
    assert (found["Own"], found["First"]) == ("198.18.7.7", "203.0.113.1")
    assert len({*found.values()}) == 5
    assert ["Odd" in one or "Other" in one for one in cloud.template.warnings] == [True, True]


def test_a_cidr_block_with_host_bits_is_rewritten_with_a_warning(cloud_of):
    cloud = cloud_of("Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.1/16}}\n")
    assert cloud.network.vpcs["Vpc"].cidr_blocks == (ip_network("10.0.0.0/16"),)
    assert "AWS rewrites it to `10.0.0.0/16`" in cloud.template.warnings[0]


def test_a_rule_without_a_peer_is_left_out_with_a_warning(cloud_of):
    cloud = cloud_of(
        with_more("""
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443}, {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]
  More: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 22, ToPort: 22}}
""")
    )
    assert [rule.from_port for rule in cloud.network.security_groups["Group"].ingress] == [80]
    assert [str(warning).partition(":")[0] for warning in cloud.template.warnings] == ["template.yaml"] * 2


@pytest.mark.parametrize("ports", ["", ", FromPort: 22", ", FromPort: -1, ToPort: -1"])
def test_a_rule_without_both_ports_has_a_warning(cloud_of, ports):
    cloud = cloud_of(
        with_more(f"""
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {{IpProtocol: -1, CidrIp: 10.0.0.0/8}}
        - {{IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/8}}
        - {{IpProtocol: tcp{ports}, CidrIp: 0.0.0.0/0}}
""")
    )
    assert [str(warning).partition(":")[0] for warning in cloud.template.warnings] == ["template.yaml"]


@pytest.mark.parametrize(
    ("destination", "target", "kept"),
    [
        ("10.0.1.0/24", "GatewayId: !Ref Igw", False),
        ("10.0.0.0/16", "GatewayId: !Ref Igw", False),
        ("169.254.168.0/24", "NetworkInterfaceId: !Ref Eni", False),
        ("10.0.1.0/24", "NetworkInterfaceId: !Ref Eni", True),
        ("10.0.0.0/8", "GatewayId: !Ref Igw", True),
    ],
)
def test_a_route_that_aws_refuses_is_left_out_with_a_warning(cloud_of, destination, target, kept):
    cloud = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
  Eni: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref A}}}}
  Igw: {{Type: AWS::EC2::InternetGateway}}
  Attached: {{Type: AWS::EC2::VPCGatewayAttachment, Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  To: {{Type: AWS::EC2::Route, DependsOn: Attached, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: {destination}, {target}}}}}
""")
    assert [route.id for route in cloud.network.route_tables["Table"].routes] == (["To"] if kept else [])
    assert len(cloud.template.warnings) == (0 if kept else 1)


def test_secondary_and_ipv6_blocks(cloud_of):
    cloud = cloud_of(
        with_more("""
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Far: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.1.0/24}}
""")
    )
    assert cloud.network.vpcs["Vpc"].cidr_blocks[1] == ip_network("10.9.0.0/16")
    assert cloud.network.vpcs["Vpc"].ipv6_cidr_blocks[0].subnet_of(ip_network("2001:db8::/32"))


def test_subnets_cut_from_the_ipv6_block_that_aws_gives(cloud_of):
    cloud = cloud_of(
        with_more("""
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Dual:
    Type: AWS::EC2::Subnet
    DependsOn: Six
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.0.9.0/24
      Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]
""")
    )
    (block,) = cloud.network.vpcs["Vpc"].ipv6_cidr_blocks
    assert cloud.network.subnets["Dual"].ipv6_cidr_block == list(block.subnets(new_prefix=64))[1]


# --- security groups ------------------------------------------------------------------------------------------------


def group(properties: str, more: str = "") -> str:
    return with_more(f"""
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
{properties}
{more}
""")


def test_left_out_egress_lets_everything_out(cloud_of):
    egress = cloud_of(group("")).network.security_groups["Group"].egress
    assert {str(rule.peer) for rule in egress} == {"0.0.0.0/0", "::/0"}
    assert all(rule.origin == DEFAULT for rule in egress)


def test_written_egress_replaces_the_default(cloud_of):
    (rule,) = (
        cloud_of(
            group(
                "      SecurityGroupEgress:\n        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}"
            )
        )
        .network.security_groups["Group"]
        .egress
    )
    assert (rule.ip_protocol, rule.from_port, rule.to_port, rule.peer) == (6, 443, 443, ip_network("10.0.0.0/8"))
    assert rule.origin.line == 24


def test_empty_egress_counts_as_left_out_and_says_so(cloud_of):
    found = cloud_of(group("      SecurityGroupEgress: []")).network.security_groups["Group"]
    assert len(found.egress) == 2
    assert "empty `SecurityGroupEgress`" in found.assumptions[0]


def test_a_separate_egress_rule_removes_the_default_and_says_so(cloud_of):
    rule = """
  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: -1, CidrIp: 10.0.0.0/8}
"""
    found = cloud_of(group("", rule)).network.security_groups["Group"]
    assert [r.id for r in found.egress] == ["Out"]
    assert "remove the default rule" in found.assumptions[0]


@pytest.mark.parametrize(
    ("rule", "number", "ports"),
    [
        ("{IpProtocol: '-1', CidrIp: 0.0.0.0/0}", -1, (-1, -1)),
        ("{IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 0.0.0.0/0}", 1, (8, -1)),
        ("{IpProtocol: udp, CidrIp: 0.0.0.0/0}", 17, (0, 65535)),
        ("{IpProtocol: 6, FromPort: '80', ToPort: '81', CidrIpv6: '::/0'}", 6, (80, 81)),
        ("{IpProtocol: 50, FromPort: 1, ToPort: 1, CidrIp: 0.0.0.0/0}", 50, (-1, -1)),
    ],
)
def test_protocols_and_ports(cloud_of, rule, number, ports):
    (found,) = cloud_of(group(f"      SecurityGroupIngress: [{rule}]")).network.security_groups["Group"].ingress
    assert (found.ip_protocol, (found.from_port, found.to_port)) == (number, ports)


def test_rules_name_groups_and_prefix_lists(cloud_of):
    rules = """
  In: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: -1, SourceSecurityGroupId: !Ref Group}}
  Lists: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, IpProtocol: -1, SourcePrefixListId: pl-1}}
"""
    found = cloud_of(group("", rules)).network.security_groups["Group"].ingress
    assert [(r.peer_kind, r.peer) for r in found] == [(PeerKind.GROUP, "Group"), (PeerKind.PREFIX_LIST, "pl-1")]


@pytest.mark.parametrize(
    ("region", "list_id", "name"),
    [
        ("us-east-1", "pl-63a5400a", "com.amazonaws.us-east-1.s3"),
        ("eu-west-1", "pl-6fa54006", "com.amazonaws.eu-west-1.dynamodb"),
        ("ap-southeast-1", "pl-6fa54006", None),  # there it is another list
    ],
)
def test_rules_name_lists_of_gateway_services_by_their_ids(write, region, list_id, name):
    rule = f"      SecurityGroupEgress: [{{IpProtocol: tcp, FromPort: 443, ToPort: 443, DestinationPrefixListId: {list_id}}}]"
    network = load([write(group(rule))], region=region).network
    listed = network.prefix_lists.get(network.security_groups["Group"].egress[0].peer)
    assert (listed.name if listed else None) == name


@pytest.mark.parametrize(
    "rules",
    [
        "!If [Perhaps, [{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 0.0.0.0/0}], []]",
        "[{IpProtocol: tcp, FromPort: !Ref Missing, ToPort: 443, CidrIp: 0.0.0.0/0}]",
        "[{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !Ref Missing}]",
    ],
)
def test_a_rule_that_is_unknown_in_any_part_has_an_unknown_peer(cloud_of, rules):
    template = group(f"      SecurityGroupIngress: {rules}")
    template += "Parameters: {Missing: {Type: String}}\nConditions: {Perhaps: !Equals [!Ref Missing, x]}\n"
    (rule,) = cloud_of(template).network.security_groups["Group"].ingress
    assert isinstance(rule.peer, Unknown)
    assert rule.peer.needs == ("Missing",)


# --- ACLs -------------------------------------------------------------------------------------------------------------


def test_a_custom_acl_starts_empty_and_its_entries_are_sorted(cloud_of):
    cloud = cloud_of(
        with_more("""
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Late: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 200, Protocol: 6, RuleAction: deny, CidrBlock: 0.0.0.0/0, PortRange: {From: 22, To: 22}}}
  Soon: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 10.0.0.0/8}}
  Mine: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Private}}
""")
    )
    acl = cloud.network.network_acl_of("Private")
    assert [(e.id, e.allow, e.from_port) for e in acl.ingress] == [("Soon", True, -1), ("Late", False, 22)]
    assert acl.egress == ()
    assert cloud.network.network_acl_of("Public").default


# --- endpoints ----------------------------------------------------------------------------------------------------------


def test_an_interface_endpoint_without_groups_has_the_default_group_and_says_what_it_assumes(cloud_of):
    cloud = cloud_of(
        with_more("""
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.ssm
      SubnetIds: [!Ref Private]
""")
    )
    endpoint = cloud.network.vpc_endpoints["Ssm"]
    assert (endpoint.type, endpoint.service, endpoint.private_dns_enabled) == (EndpointType.INTERFACE, "ssm", False)
    assert endpoint.security_group_ids == ("Vpc.default",)
    assert len(endpoint.assumptions) == 2
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("Ssm")] == ["Private"]


def test_a_gateway_endpoint_adds_a_route_to_each_of_its_tables(cloud_of):
    cloud = cloud_of(
        with_more("""
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref PublicTable]
      PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Principal: "*", Resource: "*"}]}
""")
    )
    route = cloud.network.route_tables["PublicTable"].routes[-1]
    assert (route.target_kind, route.target_id) == (TargetKind.VPC_ENDPOINT, "S3")
    assert route.origin == cloud.network.vpc_endpoints["S3"].origin
    prefix_list = cloud.network.prefix_lists[route.destination_prefix_list_id]
    assert prefix_list.name == "com.amazonaws.us-east-1.s3"


# --- instances -----------------------------------------------------------------------------------------------------------


def test_an_instance_gets_a_public_address_from_its_subnet(cloud_of):
    cloud = cloud_of(with_more("  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public}}"))
    (eni,) = cloud.network.interfaces_of("Host")
    assert eni.public_ip == ip_address("203.0.113.2")
    assert eni.security_group_ids == ("Vpc.default",)


def test_an_instance_in_a_private_subnet_has_none(cloud_of):
    cloud = cloud_of(with_more("  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private}}"))
    assert cloud.network.interfaces_of("Host")[0].public_ip is None


def test_peering_is_active_within_the_account(cloud_of):
    cloud = cloud_of(
        with_more("""
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Other}}
  Foreign: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: vpc-9, PeerOwnerId: "999999999999"}}
""")
    )
    assert cloud.network.vpc_peering_connections["Peering"].active
    assert not cloud.network.vpc_peering_connections["Foreign"].active


def test_a_subnet_whose_block_is_a_parameter_is_unknown_and_not_an_error(cloud_of):
    cloud = cloud_of("""
        Parameters: {Block: {Type: String}}
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block}}
          A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!Ref Block, 2, 8]]}}
    """)
    block = cloud.network.subnets["A"].cidr_block
    assert isinstance(block, Unknown)
    assert block.needs == ("Block",)


def test_attributes_that_are_names_or_the_id_itself(cloud_of):
    cloud = cloud_of(
        """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt Vpc.VpcId, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: api.example.com}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Subnets: [!Ref A]}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !GetAtt Balancer.LoadBalancerArn, Port: 80, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !GetAtt Targets.TargetGroupArn}]}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: TCP, VpcId: !Ref Vpc}}
  Service: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [!Ref Balancer]}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: !Sub "com.amazonaws.vpce.us-east-1.${Service}", SubnetIds: [!Ref A]}}
Outputs:
  Domain: {Value: !GetAtt Domain.RegionalDomainName}
  Endpoint: {Value: !Select [1, !Split [":", !Select [0, !GetAtt Endpoint.DnsEntries]]]}
"""
    )
    assert cloud.network.subnets["A"].vpc_id == "Vpc"
    assert cloud.balancing.listeners["Listener"].load_balancer_id == "Balancer"
    assert cloud.balancing.listeners["Listener"].default_actions[0].target_group_ids == ("Targets",)
    values = {output.id: output.value for output in cloud.template.outputs}
    assert values["Domain"] == "d-api-example-com.execute-api.us-east-1.amazonaws.com"
    endpoint, addresses = endpoint_names.named_endpoint(cloud, values["Endpoint"])
    own = cloud.network.interfaces_of("Endpoint")[0].private_ip_address
    assert (endpoint.id, addresses) == ("Endpoint", ((own,), ()))


@pytest.mark.parametrize(
    ("endpoint", "attribute", "value"),
    [
        ("REGIONAL", "RegionalDomainName", "d-api-example-com.execute-api.us-east-1.amazonaws.com"),
        ("REGIONAL", "DistributionDomainName", None),
        ("EDGE", "DistributionDomainName", "d-api-example-com.cloudfront.net"),
        ("EDGE", "RegionalDomainName", None),
        ("!Ref Type", "DistributionDomainName", "d-api-example-com.cloudfront.net"),
    ],
)
def test_a_domain_has_the_host_of_its_endpoint_type(cloud_of, endpoint, attribute, value):
    """None: the domain does not have the attribute, so its value is unknown."""
    cloud = cloud_of(f"""
Parameters: {{Type: {{Type: String}}}}
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {{DomainName: api.example.com, EndpointConfiguration: {{Types: [{endpoint}]}}}}
Outputs:
  Host: {{Value: !GetAtt Domain.{attribute}}}
""")
    (output,) = cloud.template.outputs
    assert output.value == value or (value is None and isinstance(output.value, Unknown))


@pytest.mark.parametrize(
    ("written", "zone", "source"),
    [
        ("AvailabilityZone: us-east-1b", "us-east-1b", ZoneSource.NAME),
        ("AvailabilityZoneId: use1-az2", "us-east-1b", ZoneSource.ID),
        ("AvailabilityZoneId: use1-az99", "use1-az99", ZoneSource.ID),
        ("MapPublicIpOnLaunch: false", "us-east-1a", ZoneSource.NONE),
    ],
)
def test_the_zone_of_a_subnet(cloud_of, written, zone, source):
    subnet = cloud_of(f"""
        Resources:
          Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
          A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, {written}}}}}
    """).network.subnets["A"]
    assert (subnet.zone, subnet.zone_source) == (zone, source)


@pytest.mark.parametrize("subnets", ["[!Ref A]", "!Ref Subnets"])
@pytest.mark.parametrize(
    "cut",
    [
        '!Join ["-", [!Select [0, !Split ["-", LABEL]], !Select [1, !Split ["-", LABEL]]]]',
        '!Sub ["vpce-${Own}", {Own: !Select [1, !Split ["-", LABEL]]}]',
    ],
)
def test_an_id_that_is_cut_out_of_an_endpoint_s_name_is_the_endpoint_s(cloud_of, cut, subnets):
    label = '!Select [0, !Split [".", !Select [1, !Split [":", !Select [0, !GetAtt InvokeEndpoint.DnsEntries]]]]]'
    cloud = cloud_of(
        f"""
Parameters: {{Subnets: {{Type: "List<AWS::EC2::Subnet::Id>"}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}}}
  InvokeEndpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.execute-api, SubnetIds: {subnets}}}}}
Outputs:
  Id: {{Value: {cut.replace("LABEL", label)}}}
  Second: {{Value: !Select [1, !GetAtt InvokeEndpoint.DnsEntries]}}
"""
    )
    values = {output.id: output.value for output in cloud.template.outputs}
    assert values["Id"] == ec2_id("vpce", "InvokeEndpoint")
    assert isinstance(values["Second"], Unknown) == (subnets == "!Ref Subnets")


def test_cdk_takes_the_rules_from_the_default_group(cloud_of):
    cloud = cloud_of(
        """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Restrict: {Type: Custom::VpcRestrictDefaultSG, Properties: {ServiceToken: arn, DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
"""
    )
    assert (
        cloud.network.security_groups["Vpc.default"].ingress,
        cloud.network.security_groups["Vpc.default"].egress,
    ) == ((), ())
    assert cloud.network.security_groups["Other.default"].egress


@pytest.mark.parametrize(
    ("block", "refusal"),
    [
        ("10.0.1.0/24", "overlaps `A`"), ("10.0.0.0/20", "overlaps `A`"), ("10.0.1.128/25", "overlaps `A`"),
        ("10.0.3.0/24", "overlaps `B`"), ("10.1.0.0/24", "outside its VPC"), ("10.0.4.0/24", None),
    ],
)  # fmt: skip
def test_the_block_of_a_subnet_that_aws_refuses_is_unknown(cloud_of, block, refusal):
    subnets = "".join(
        f"  {name}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: {taken}}}}}\n"
        for name, taken in (("A", "10.0.1.0/24"), ("B", "10.0.2.0/23"), ("C", block))
    )
    template = f"Resources:\n  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}\n{subnets}"
    cloud = cloud_of(template)
    subnet = cloud.network.subnets["C"]
    assert str(cloud.network.subnets["A"].cidr_block) == "10.0.1.0/24"
    assert isinstance(subnet.cidr_block, Unknown) == (refusal is not None)
    assert [str(refusal) in text for text in cloud.template.warnings] == [True] * (refusal is not None)
    assert (refusal or "") in subnet.refusal


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("VpcEndpointType: Resource, ResourceConfigurationArn: arn", EndpointType.RESOURCE),
        ("VpcEndpointType: ServiceNetwork, ServiceNetworkArn: arn", EndpointType.SERVICE_NETWORK),
        (
            "VpcEndpointType: GatewayLoadBalancer, ServiceName: com.amazonaws.vpce.us-east-1.vpce-svc-1",
            EndpointType.OTHER,
        ),
    ],
)
def test_types_of_endpoints(cloud_of, written, kind):
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, WRITTEN}}
    """
    assert cloud_of(text.replace("WRITTEN", written)).network.vpc_endpoints["E"].type is kind


@pytest.mark.parametrize(
    ("written", "only"),
    [("OnlyInboundResolver", True), ("AllResolvers", False), ("NotSpecified", False), ("true", True), ("false", False)],
)
def test_private_dns_for_inbound_resolvers_alone(cloud_of, written, only):
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      E:
        Type: AWS::EC2::VPCEndpoint
        Properties:
          VpcId: !Ref Vpc
          VpcEndpointType: Interface
          ServiceName: com.amazonaws.us-east-1.s3
          DnsOptions: {PrivateDnsOnlyForInboundResolverEndpoint: WRITTEN}
    """
    made = cloud_of(text.replace("WRITTEN", written))
    assert made.network.vpc_endpoints["E"].private_dns_only_for_inbound_resolver is only


@pytest.mark.parametrize(
    ("service", "options", "only"),
    [
        ("s3", "PrivateDnsEnabled: true", True),
        ("s3", "PrivateDnsEnabled: true, DnsOptions: {DnsRecordIpType: ipv4}", True),
        ("s3", "PrivateDnsEnabled: false", False),
        ("s3", "PrivateDnsEnabled: true, ServiceRegion: eu-west-1", False),
        ("ssm", "PrivateDnsEnabled: true", False),
    ],
)
def test_private_dns_of_s3_is_for_inbound_resolvers_alone_by_default(cloud_of, service, options, only):
    made = cloud_of(f"""
    Resources:
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      E:
        Type: AWS::EC2::VPCEndpoint
        Properties: {{VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.{service}, {options}}}
    """)
    assert made.network.vpc_endpoints["E"].private_dns_only_for_inbound_resolver is only


REGIONAL = """
  Regional:
    Type: AWS::EC2::NatGateway
    Properties:
      VpcId: !Ref Vpc
      AvailabilityMode: regional
      AvailabilityZoneAddresses:
        - {AvailabilityZone: us-east-1a, AllocationIds: [!GetAtt Eip.AllocationId]}
  FurtherRoute:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !GetAtt Regional.RouteTableId, DestinationCidrBlock: 192.0.2.0/24, GatewayId: !Ref Gateway}
"""


def test_a_regional_nat_gateway_has_addresses_by_zone_and_a_table_of_its_own(cloud_of):
    network = cloud_of(with_more(REGIONAL)).network
    gateway = network.nat_gateways["Regional"]
    assert (gateway.regional, gateway.zonal_allocation_ids) == (True, {"us-east-1a": ("Eip",)})
    assert network.regional_addresses(gateway) == {"us-east-1a": network.elastic_ips["Eip"].public_ip}
    table = network.edge_table_of("Regional")
    destinations = [(str(route.destination_cidr_block), route.target_id) for route in table.routes]
    assert destinations == [("0.0.0.0/0", "Gateway"), ("192.0.2.0/24", "Gateway")]


def test_a_regional_nat_gateway_without_addresses_gets_one(cloud_of):
    lines = [line for line in REGIONAL.splitlines() if "Addresses" not in line and "AllocationIds" not in line]
    network = cloud_of(with_more("\n".join(lines))).network
    (address,) = network.regional_addresses(network.nat_gateways["Regional"]).values()
    assert address not in {eip.public_ip for eip in network.elastic_ips.values()}


def in_zone(more: str) -> str:
    return with_more(more).replace("CidrBlock: 10.0.1.0/24", "CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a")


FAR = """
  Far:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.eu-west-1.%s, SubnetIds: [!Ref Private]%s}
"""


@pytest.mark.parametrize(
    ("service", "more", "assumed"),
    [
        ("s3", ", ServiceRegion: eu-west-1", ["the private DNS"]),
        ("ssm", ", ServiceRegion: eu-west-1", ["AWS offers ssm", "the private DNS"]),
        ("s3", "", ["AWS accepts `Far`"]),
    ],
)
def test_an_endpoint_of_a_service_in_another_region(cloud_of, service, more, assumed):
    cloud = cloud_of(in_zone(FAR % (service, ", PrivateDnsEnabled: true" + more)))
    endpoint = cloud.network.vpc_endpoints["Far"]
    assert endpoint_names.region_of(cloud, endpoint) == "eu-west-1"
    notes = [note for note in endpoint.assumptions if not note.startswith("`Far` names no security group")]
    assert [note.startswith(text) for note, text in zip(notes, assumed, strict=True)] == [True] * len(assumed)


def test_the_gateway_endpoint_of_s3_express_leaves_the_addresses_of_its_names_unknown(cloud_of):
    name = "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com"
    express = "  E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3express}}"
    assert resolve(cloud_of(NETWORK), "Vpc", name).status == "NOERROR"
    assert resolve(cloud_of(with_more(express)), "Vpc", name).status == "UNKNOWN"
    assert resolve(cloud_of(with_more(express)), "Vpc", "s3.us-east-1.amazonaws.com").status == "NOERROR"


def test_a_cross_region_endpoint_has_the_names_of_the_other_region_and_no_zonal_ones(cloud_of):
    cloud = cloud_of(in_zone(FAR % ("kms", ", PrivateDnsEnabled: true, ServiceRegion: eu-west-1")))
    endpoint = cloud.network.vpc_endpoints["Far"]
    (address,) = (eni.private_ip_address for eni in cloud.network.interfaces_of("Far"))
    assert resolve(cloud, "Vpc", "kms.eu-west-1.amazonaws.com").addresses == (address,)
    assert resolve(cloud, "Vpc", "kms.us-east-1.amazonaws.com").endpoint_id != "Far"
    zone = cloud.network.subnets["Private"].availability_zone
    assert endpoint_names.named_endpoint(cloud, endpoint_names.regional_name(cloud, endpoint)) is not None
    assert endpoint_names.named_endpoint(cloud, endpoint_names.zonal_name(cloud, endpoint, zone)) is None


def test_an_endpoint_whose_names_have_one_family_of_addresses(cloud_of):
    more = FAR % (
        "kms",
        ", PrivateDnsEnabled: true, IpAddressType: dualstack, DnsOptions: {DnsRecordIpType: ipv4}, ServiceRegion: eu-west-1",
    )
    cloud = cloud_of(with_more(more))
    assert cloud.network.vpc_endpoints["Far"].dns_record_ip_type == "ipv4"


@pytest.mark.parametrize(
    ("written", "public"),
    [
        ("", {"10.0.0.50"}),
        (", PrivateIpAddress: 10.0.0.50", {"10.0.0.50"}),
        (", PrivateIpAddress: 10.0.0.51", {"10.0.0.51"}),
        (", PrivateIpAddress: !GetAtt First.PrimaryPrivateIpAddress", {"10.0.0.50"}),
        (", PrivateIpAddress: 10.0.0.99", set()),
    ],
)
@pytest.mark.parametrize("holder", ["NetworkInterfaceId: !Ref First", "InstanceId: !Ref Box"])
def test_the_address_of_an_interface_that_an_elastic_ip_belongs_to(cloud_of, holder, written, public):
    (eni,) = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  First:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      PrivateIpAddresses: [{{PrivateIpAddress: 10.0.0.50, Primary: true}}, {{PrivateIpAddress: 10.0.0.51, Primary: false}}]
  Box: {{Type: AWS::EC2::Instance, Properties: {{NetworkInterfaces: [{{NetworkInterfaceId: !Ref First, DeviceIndex: 0}}]}}}}
  Address: {{Type: AWS::EC2::EIP}}
  Held: {{Type: AWS::EC2::EIPAssociation, Properties: {{AllocationId: !GetAtt Address.AllocationId, {holder}{written}}}}}
""").network.interfaces_of("Box")
    assert {*map(str, eni.public_addresses().values())} == public


def test_the_primary_address_of_an_interface_is_what_an_association_means_anyway(cloud_of):
    cloud = cloud_of("""
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  First: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
  Box: {Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: [{NetworkInterfaceId: !Ref First, DeviceIndex: 0}]}}
  Address: {Type: AWS::EC2::EIP}
  Held:
    Type: AWS::EC2::EIPAssociation
    Properties:
      AllocationId: !GetAtt Address.AllocationId
      NetworkInterfaceId: !Ref First
      PrivateIpAddress: !GetAtt First.PrimaryPrivateIpAddress
""")
    (eni,) = cloud.network.interfaces_of("Box")
    assert eni.public_ip == cloud.network.elastic_ips["Address"].public_ip
    assert not [one for one in cloud.template.warnings if "PrivateIpAddress" in one]


@pytest.mark.parametrize("associated", [True, False], ids=["association", "property"])
def test_an_elastic_ip_of_an_instance_is_that_of_its_primary_interface(cloud_of, associated):
    """Also if the interface is a resource of its own. Further interfaces do not have it."""
    named = "InstanceId: !Ref Box"
    address = "Address: {Type: AWS::EC2::EIP, Properties: {%s}}" % ("" if associated else named)
    association = (
        f"Held: {{Type: AWS::EC2::EIPAssociation, Properties: {{{named}, AllocationId: !GetAtt Address.AllocationId}}}}"
    )
    found = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  First: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref Subnet}}}}
  Box:
    Type: AWS::EC2::Instance
    Properties:
      NetworkInterfaces:
        - {{NetworkInterfaceId: !Ref First, DeviceIndex: 0}}
        - {{SubnetId: !Ref Subnet, DeviceIndex: 1}}
  {address}
  {association if associated else ""}
""").network
    public = {eni.device_index: eni.public_ip for eni in found.interfaces_of("Box")}
    assert public == {0: found.elastic_ips["Address"].public_ip, 1: None}


@pytest.mark.parametrize(
    "which", ["AllocationId: eipalloc-0123456789abcdef0", "AllocationId: !Ref Given", "EIP: 198.51.100.7"]
)
@pytest.mark.parametrize("holder", ["NetworkInterfaceId: !Ref First", "InstanceId: !Ref Box"])
def test_an_elastic_ip_that_was_not_loaded_is_a_public_address(cloud_of, which, holder):
    cloud = cloud_of(f"""
Parameters: {{Given: {{Type: String}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  First: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref Subnet}}}}
  Box: {{Type: AWS::EC2::Instance, Properties: {{NetworkInterfaces: [{{NetworkInterfaceId: !Ref First, DeviceIndex: 0}}]}}}}
  Held: {{Type: AWS::EC2::EIPAssociation, Properties: {{{which}, {holder}}}}}
""")
    (eni,) = cloud.network.interfaces_of("Box")
    assert len(eni.public_addresses()) == 1
    assert str(eni.public_ip) == "198.51.100.7" or not which.startswith("EIP")
    assert not cloud.network.elastic_ips


@pytest.mark.parametrize("order", [("In", "Out"), ("Out", "In")], ids="-".join)
def test_an_entry_of_an_unknown_direction_takes_no_number(cloud_of, order):
    entry = "{{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0, Egress: {}}}}}"
    entries = {"In": entry.format("!Ref Which"), "Out": entry.format("true")}
    acl = cloud_of(f"""
Parameters: {{Which: {{Type: String}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  {order[0]}: {entries[order[0]]}
  {order[1]}: {entries[order[1]]}
""").network.network_acls["Acl"]
    assert {one.id for one in acl.egress if one.rule_number == 100} == {"In", "Out"}
    assert {one.id for one in acl.ingress if one.rule_number == 100} == {"In"}


@pytest.mark.parametrize(("required", "assumed"), [("true", 1), ("false", 0)])
def test_an_endpoint_that_the_owner_of_its_service_has_to_accept(cloud_of, required, assumed):
    more = f"""
  Offered: {{Type: AWS::EC2::VPCEndpointService, Properties: {{AcceptanceRequired: {required}}}}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub "com.amazonaws.vpce.${{AWS::Region}}.${{Offered}}"
      SecurityGroupIds: [sg-1]
"""
    assumptions = cloud_of(with_more(more)).network.vpc_endpoints["Endpoint"].assumptions
    assert len([one for one in assumptions if "`Offered`" in one]) == assumed


NAMED = """
Resources:
  Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, GroupName: web}}
  Db:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: db
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupName: web}]
  More: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupName: web, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}}
  Box: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SecurityGroups: [web, other]}}
"""


def test_groups_of_a_default_vpc_are_given_by_their_names(cloud_of):
    network = cloud_of(NAMED).network
    assert network.network_interfaces["eni-Box"].security_group_ids == ("Web", "other")
    assert [one.peer for one in network.security_groups["Db"].ingress] == ["Web"]
    assert len(network.security_groups["Web"].ingress) == 1


def test_a_name_that_two_groups_have_is_not_decided(cloud_of):
    twice = "  Again: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, GroupName: web}}\n"
    assert cloud_of(NAMED + twice).network.network_interfaces["eni-Box"].security_group_ids == ("web", "other")


@pytest.mark.parametrize(
    ("given", "verdicts"),
    [
        ("Ipv4Prefixes: [{Ipv4Prefix: !Ref P}]", ["unknown", "blocked"]),
        ("Ipv4Prefixes: !Ref P", ["unknown", "blocked"]),
        ("Ipv4PrefixCount: 1", ["unknown", "blocked"]),
        ("Ipv4PrefixCount: 0", ["blocked", "blocked"]),
        ("PrivateIpAddress: !Ref P", ["unknown", "blocked"]),
        ("PrivateIpAddresses: [{Primary: true, PrivateIpAddress: 10.0.0.9}, {PrivateIpAddress: !Ref P}]", ["unknown", "blocked"]),
        ("PrivateIpAddresses: [!Ref P]", ["unknown", "blocked"]),
        ("PrivateIpAddresses: !Ref P", ["unknown", "blocked"]),
        ("PrivateIpAddress: 10.0.0.9", ["blocked", "blocked"]),
    ],
)  # fmt: skip
def test_prefixes_and_addresses_that_are_not_known_are_in_their_subnet(cloud_of, given, verdicts):
    cloud = cloud_of(f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
  Node: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref A, {given}}}}}
  There: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref B}}}}
""")
    asked = ("10.0.0.40:tcp/80", "10.0.1.40:tcp/80")
    assert [trace(cloud, parse(cloud, "There", one)).verdict for one in asked] == verdicts


def test_prefixes_that_are_delegated_to_an_interface(cloud_of):
    cloud = cloud_of("""
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Node: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A, Ipv4Prefixes: [{Ipv4Prefix: 10.0.0.16/28}]}}
  Here: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  There: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref B}}
""")
    assert cloud.network.network_interfaces["Node"].delegated_prefixes == (IPv4Network("10.0.0.16/28"),)
    for source, address in product(("Here", "There"), ("10.0.0.20", "10.0.0.40")):
        verdict = trace(cloud, parse(cloud, source, f"{address}:tcp/80")).verdict
        assert verdict == ("unknown" if address == "10.0.0.20" else "blocked")


def test_a_further_ipv6_address_of_an_interface_is_not_missing(cloud_of):
    cloud = cloud_of("""
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, Ipv6CidrBlock: "2001:db8:1::/56", Ipv6Pool: p}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: "2001:db8:1::/64"}}
  Node: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A, Ipv6Addresses: [{Ipv6Address: "2001:db8:1::8"}, {Ipv6Address: "2001:db8:1::9"}]}}
  Here: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A, Ipv6AddressCount: 1}}
""")
    asked = (f"[2001:db8:1::{last}]:tcp/80" for last in (8, 9, "a"))
    verdicts = [trace(cloud, parse(cloud, "Here", one)).verdict for one in asked]
    assert verdicts[1] == "unknown" != verdicts[2] == "blocked"


@pytest.mark.parametrize(("type_", "public"), [("network", True), ("gateway", False)])
def test_a_gateway_load_balancer_has_no_public_address(cloud_of, type_, public):
    cloud = cloud_of(
        NETWORK
        + f"  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: {type_}, Subnets: [!Ref Public]}}}}\n"
    )
    (node,) = cloud.network.interfaces_of("Lb")
    assert (node.public_ip is not None) is public


def test_a_block_of_a_pool_may_be_given_like_a_parameter(write):
    """As hints ask for it: what the attribute gives is the property too, and so are the blocks that are cut out of it."""
    text = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {Ipv4IpamPoolId: ipam-pool-1, Ipv4NetmaskLength: 18}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.80.9.0/24}}
"""
    given = {"Vpc.CidrBlock": "10.80.0.0/18", "B.CidrBlock": "10.80.10.0/24"}
    network = load([write(text)], parameters=given).network
    assert [str(block) for block in network.vpcs["Vpc"].cidr_blocks] == ["10.80.0.0/18"]
    assert [str(network.subnets[id_].cidr_block) for id_ in "AB"] == ["10.80.1.0/24", "10.80.9.0/24"]


ENTRIES = """
Parameters: {Missing: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  From: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Sg]}}
  To: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Sg]}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref B, NetworkAclId: !Ref Acl}}
  Out: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}
"""
ENTRY = "  {}: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: {}, Protocol: -1, RuleAction: {}, CidrBlock: {}, Egress: {}}}}}\n"
MISSING = "!Ref Missing"


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([(100, MISSING)], "unknown"),
        ([(100, MISSING), (200, "allow")], "unknown"),
        ([(100, MISSING), (200, "deny")], "unknown"),
        ([(100, "allow"), (200, MISSING)], "reachable"),
        ([(MISSING, "deny"), (200, "allow")], "unknown"),
        ([(MISSING, "allow"), (MISSING, "allow")], "reachable"),
        ([(MISSING, "allow"), (200, "deny")], "unknown"),
        ([(MISSING, "deny"), (200, "deny")], "blocked"),
        ([(MISSING, "deny", "10.9.0.0/16"), (200, "allow")], "reachable"),
        ([(MISSING, "allow", "10.9.0.0/16"), (200, "deny")], "blocked"),
        ([(100, "allow", MISSING), (200, "deny")], "unknown"),
        ([(100, "deny", MISSING), (200, "deny")], "blocked"),
        ([(100, "allow"), (200, "deny", MISSING)], "reachable"),
        ([(100, "allow", "0.0.0.0/0", MISSING)], "unknown"),
        ([(100, "allow"), (90, "deny", "0.0.0.0/0", MISSING)], "unknown"),
        ([(100, "allow"), (110, "deny", "0.0.0.0/0", MISSING)], "reachable"),
    ],
)
def test_an_entry_of_an_acl_of_which_something_is_not_known(cloud_of, entries, verdict):
    defaults = (None, None, "0.0.0.0/0", "false")
    text = ENTRIES + "".join(ENTRY.format(f"In{n}", *entry, *defaults[len(entry) :]) for n, entry in enumerate(entries))
    cloud = cloud_of(text)
    assert trace(cloud, parse(cloud, "From", "To:tcp/80")).verdict == verdict
