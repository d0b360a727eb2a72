"""Generated networks for the benchmarks: an organisation of many VPCs, and a template of sixty resources."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, TCP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

ANYWHERE = IPv4Network("0.0.0.0/0")
SERVICES = ("ssm", "secretsmanager", "sqs", "sns", "kms", "s3", "dynamodb", "sts", "lambda", "states", "events", "logs")


@dataclass(frozen=True, slots=True)
class Size:
    """How large an organisation is. Functions are spread evenly over the VPCs, two subnets each."""

    vpcs: int = 1_000
    functions: int = 10_000
    destinations: int = 200


def destinations(size: Size) -> tuple[str, ...]:
    """Services, names on the internet, and databases of the first VPCs."""
    names = [f"aws:{service}" for service in SERVICES]
    databases = [f"Db{number}:tcp/5432" for number in range(min(size.vpcs, size.destinations // 4))]
    hosts = [f"internet:api{number}.example.com" for number in range(size.destinations)]
    return tuple([*names, *databases, *hosts][: size.destinations])


def organisation(size: Size) -> Cloud:
    """The cloud. Every third VPC has no NAT gateway, every second one endpoints."""
    parts = _Parts({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
    for number in range(size.vpcs):
        _add_vpc(parts, number)
    for number in range(size.functions):
        vpc = number % size.vpcs
        subnets = (f"PrivateA{vpc}", f"PrivateB{vpc}")
        parts.functions[f"Fn{number}"] = Function(
            f"Fn{number}", f"fn-{number}", Code(), subnet_ids=subnets, security_group_ids=(f"FnSg{vpc}",)
        )
    return allocate(Cloud.of(**{name: getattr(parts, name) for name in _Parts.__slots__}))


@dataclass(slots=True)
class _Parts:
    vpcs: dict[str, Vpc]
    subnets: dict[str, Subnet]
    route_tables: dict[str, RouteTable]
    internet_gateways: dict[str, InternetGateway]
    elastic_ips: dict[str, ElasticIp]
    nat_gateways: dict[str, NatGateway]
    security_groups: dict[str, SecurityGroup]
    network_acls: dict[str, NetworkAcl]
    vpc_endpoints: dict[str, VpcEndpoint]
    network_interfaces: dict[str, NetworkInterface]
    functions: dict[str, Function]


def _add_vpc(parts: _Parts, n: int) -> None:
    vpc, block = f"Vpc{n}", IPv4Network((0x0A000000 + (n % 256) * 65536, 16))
    parts.vpcs[vpc] = Vpc(vpc, (block,), enable_dns_support=True, enable_dns_hostnames=True)
    for place, name in enumerate(("Public", "PrivateA", "PrivateB")):
        subnet = IPv4Network((int(block.network_address) + place * 256, 24))
        parts.subnets[f"{name}{n}"] = Subnet(f"{name}{n}", vpc, subnet, availability_zone=f"us-east-1{'aab'[place]}")
    parts.internet_gateways[f"Igw{n}"] = InternetGateway(f"Igw{n}", vpc)
    out = (Route(f"Out{n}", TargetKind.INTERNET_GATEWAY, f"Igw{n}", ANYWHERE),)
    parts.route_tables[f"PublicTable{n}"] = RouteTable(f"PublicTable{n}", vpc, out, (f"Public{n}",))
    routes: tuple[Route, ...] = ()
    if n % 3:
        parts.elastic_ips[f"Eip{n}"] = ElasticIp(f"Eip{n}", IPv4Network("203.0.113.0/24")[n % 250 + 1])
        parts.nat_gateways[f"Nat{n}"] = NatGateway(f"Nat{n}", f"Public{n}", vpc, allocation_ids=(f"Eip{n}",))
        routes = (Route(f"ToNat{n}", TargetKind.NAT_GATEWAY, f"Nat{n}", ANYWHERE),)
    parts.route_tables[f"Table{n}"] = RouteTable(f"Table{n}", vpc, routes, (f"PrivateA{n}", f"PrivateB{n}"), main=True)
    _add_filters(parts, n, vpc)
    if n % 2:
        subnets, groups = (f"PrivateA{n}", f"PrivateB{n}"), (f"EndpointSg{n}",)
        name = "com.amazonaws.us-east-1.ssm"
        parts.vpc_endpoints[f"Ssm{n}"] = VpcEndpoint(
            f"Ssm{n}", vpc, name, "ssm", EndpointType.INTERFACE, subnets, groups, private_dns_enabled=True
        )
    parts.network_interfaces[f"eni-db{n}"] = NetworkInterface(
        f"eni-db{n}", InterfaceOwner.DATABASE, f"Db{n}", f"PrivateA{n}", (f"DbSg{n}",)
    )


def _add_filters(parts: _Parts, n: int, vpc: str) -> None:
    everything = SecurityGroupRule("out", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE)
    for name, port in (("FnSg", 0), ("EndpointSg", 443), ("DbSg", 5432)):
        rule = SecurityGroupRule("in", TCP, port, port, PeerKind.GROUP, f"FnSg{n}")
        parts.security_groups[f"{name}{n}"] = SecurityGroup(f"{name}{n}", vpc, (rule,) if port else (), (everything,))
    entry = NetworkAclEntry(
        "100", 100, allow=True, protocol=ALL_PROTOCOLS, from_port=-1, to_port=-1, cidr_block=ANYWHERE
    )
    parts.network_acls[f"Acl{n}"] = NetworkAcl(f"Acl{n}", vpc, (entry,), (entry,), default=True)


def sixty_resources() -> str:
    """A template of sixty resources: two tiers in three zones with NAT gateways, endpoints, functions and a database."""
    lines = ["Resources:"]

    def add(name: str, kind: str, properties: str = "") -> None:
        lines.append(
            f"  {name}:\n    Type: AWS::{kind}" + (f"\n    Properties: {{{properties}}}" if properties else "")
        )

    add("Vpc", "EC2::VPC", "CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true")
    add("Igw", "EC2::InternetGateway")
    add("Attachment", "EC2::VPCGatewayAttachment", "VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw")
    for z in range(3):
        for tier, base in (("Public", 0), ("Private", 10)):
            zone = "abc"[z]
            add(
                f"{tier}{z}",
                "EC2::Subnet",
                f"VpcId: !Ref Vpc, CidrBlock: 10.0.{base + z}.0/24, AvailabilityZone: us-east-1{zone}",
            )
            add(f"{tier}Table{z}", "EC2::RouteTable", "VpcId: !Ref Vpc")
            add(
                f"{tier}TableOf{z}",
                "EC2::SubnetRouteTableAssociation",
                f"RouteTableId: !Ref {tier}Table{z}, SubnetId: !Ref {tier}{z}",
            )
        add(
            f"Out{z}",
            "EC2::Route",
            f"RouteTableId: !Ref PublicTable{z}, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw",
        )
        add(f"Eip{z}", "EC2::EIP")
        add(f"Nat{z}", "EC2::NatGateway", f"SubnetId: !Ref Public{z}, AllocationId: !GetAtt Eip{z}.AllocationId")
        add(
            f"ToNat{z}",
            "EC2::Route",
            f"RouteTableId: !Ref PrivateTable{z}, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat{z}",
        )
    add("FnSg", "EC2::SecurityGroup", "GroupDescription: f, VpcId: !Ref Vpc")
    rule = "SecurityGroupIngress: [{SourceSecurityGroupId: !Ref FnSg, IpProtocol: tcp, FromPort: 443, ToPort: 443}]"
    add("EndpointSg", "EC2::SecurityGroup", f"GroupDescription: e, VpcId: !Ref Vpc, {rule}")
    subnets = "[!Ref Private0, !Ref Private1, !Ref Private2]"
    for service in ("ssm", "sqs", "kms", "secretsmanager"):
        what = f"VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.{service}, VpcEndpointType: Interface, PrivateDnsEnabled: true"
        add(
            f"{service.title()}Endpoint",
            "EC2::VPCEndpoint",
            f"{what}, SubnetIds: {subnets}, SecurityGroupIds: [!Ref EndpointSg]",
        )
    tables = "[!Ref PrivateTable0, !Ref PrivateTable1, !Ref PrivateTable2]"
    add(
        "S3Endpoint",
        "EC2::VPCEndpoint",
        f"VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: {tables}",
    )
    number = 0
    while sum(line.startswith("  ") for line in lines) < 60:
        where = f"VpcConfig: {{SubnetIds: {subnets}, SecurityGroupIds: [!Ref FnSg]}}"
        code = "Code: {ZipFile: 'def handler(event, context): return 1'}"
        add(
            f"Fn{number}",
            "Lambda::Function",
            f"Runtime: python3.12, Handler: index.handler, Role: 'arn:aws:iam::123456789012:role/f', {code}, {where}",
        )
        number += 1
    return "\n".join(lines) + "\n"
