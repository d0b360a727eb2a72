"""A network built by calls of the EC2 API (in moto) and described by its answers is the one that a template describes."""

import json

import boto3
import pytest
from moto import mock_aws

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

pytestmark = pytest.mark.slow

REGION, EVERYWHERE = "eu-west-1", "0.0.0.0/0"
TEMPLATE = """
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Second: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref V, CidrBlock: 100.64.0.0/16}}
  W: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a}}
  Extra: {Type: AWS::EC2::Subnet, DependsOn: Second, Properties: {VpcId: !Ref V, CidrBlock: 100.64.1.0/24, AvailabilityZone: eu-west-1b}}
  Far: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref W, CidrBlock: 10.1.1.0/24, AvailabilityZone: eu-west-1a}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref V, InternetGatewayId: !Ref Igw}}
  Pcx: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref V, PeerVpcId: !Ref W}}
  Corp: {Type: AWS::EC2::PrefixList, Properties: {PrefixListName: corp, MaxEntries: 5, AddressFamily: IPv4, Entries: [{Cidr: 10.1.0.0/16}]}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref V}}
  OutA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Out, SubnetId: !Ref Public}}
  Out1: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  In: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref V}}
  InA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref In, SubnetId: !Ref Private}}
  In1: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref In, DestinationPrefixListId: !Ref Corp, VpcPeeringConnectionId: !Ref Pcx}}
  Back: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref W}}
  BackA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Back, SubnetId: !Ref Far}}
  Back1: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Back, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Pcx}}
  Clients: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref V}}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !Ref V
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 80, ToPort: 443, CidrIp: 0.0.0.0/0}
        - {IpProtocol: icmp, FromPort: 8, ToPort: 0, CidrIp: 10.0.0.0/8}
        - {IpProtocol: udp, FromPort: 53, ToPort: 53, SourcePrefixListId: !Ref Corp}
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, SourceSecurityGroupId: !Ref Clients}
        - {IpProtocol: "50", CidrIp: 0.0.0.0/0}
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]
  Over: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref W, SecurityGroupIngress: [{IpProtocol: "-1", SourceSecurityGroupId: !Ref Clients}]}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref V}}
  AclA: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Public, NetworkAclId: !Ref Acl}}
  E1: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 90, Protocol: 6, RuleAction: deny, CidrBlock: 10.0.1.0/24, PortRange: {From: 443, To: 443}}}
  E2: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 22, To: 65535}}}
  E3: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 110, Protocol: 1, RuleAction: allow, CidrBlock: 10.0.0.0/8, Icmp: {Type: -1, Code: -1}}}
  E4: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Public, SecurityGroupIds: [!Ref Web], PrivateIpAddress: 10.0.0.50}}
  Client: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Private, SecurityGroupIds: [!Ref Clients], PrivateIpAddress: 10.0.1.50}}
  Other: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Extra, SecurityGroupIds: [!Ref Clients], PrivateIpAddress: 100.64.1.50}}
  There: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Far, SecurityGroupIds: [!Ref Over], PrivateIpAddress: 10.1.1.50}}
"""
ANSWERS = ("instances", "internet_gateways", "managed_prefix_lists", "network_acls", "network_interfaces", "route_tables",
           "security_groups", "subnets", "vpc_peering_connections", "vpcs")  # fmt: skip
HOSTS = ("10.0.0.50", "10.0.1.50", "100.64.1.50", "10.1.1.50")
SERVICES = ("tcp/22", "tcp/80", "tcp/443", "udp/53", "icmp")


def build(ec2):
    """The same network, call by call; the prefix list's id, whose entries are asked for on their own."""

    def made(answer, key):
        return answer[key][f"{key}Id"]

    def routes(vpc, subnet, **route):
        table = made(ec2.create_route_table(VpcId=vpc), "RouteTable")
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_route(RouteTableId=table, **route)

    def group(name, vpc, ingress=(), egress=()):
        id_ = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        if ingress:
            ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=[*ingress])
        if egress:
            every = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}
            ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=[every])
            ec2.authorize_security_group_egress(GroupId=id_, IpPermissions=[*egress])
        return id_

    v, w = (made(ec2.create_vpc(CidrBlock=block), "Vpc") for block in ("10.0.0.0/16", "10.1.0.0/16"))
    ec2.associate_vpc_cidr_block(VpcId=v, CidrBlock="100.64.0.0/16")
    places = ((v, "10.0.0.0/24", "a"), (v, "10.0.1.0/24", "a"), (v, "100.64.1.0/24", "b"), (w, "10.1.1.0/24", "a"))
    public, private, extra, far = (
        made(ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=REGION + zone), "Subnet")
        for vpc, block, zone in places
    )
    igw = made(ec2.create_internet_gateway(), "InternetGateway")
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=v)
    pcx = made(ec2.create_vpc_peering_connection(VpcId=v, PeerVpcId=w), "VpcPeeringConnection")
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=pcx)
    listed = ec2.create_managed_prefix_list(
        PrefixListName="corp", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "10.1.0.0/16"}]
    )["PrefixList"]["PrefixListId"]
    routes(v, public, DestinationCidrBlock=EVERYWHERE, GatewayId=igw)
    routes(v, private, DestinationPrefixListId=listed, VpcPeeringConnectionId=pcx)
    routes(w, far, DestinationCidrBlock="10.0.0.0/16", VpcPeeringConnectionId=pcx)
    clients = group("clients", v)
    web = group(
        "web",
        v,
        ingress=(
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 443, "IpRanges": [{"CidrIp": EVERYWHERE}]},
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
            {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "PrefixListIds": [{"PrefixListId": listed}]},
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": clients}]},
            {"IpProtocol": "50", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": EVERYWHERE}]},
        ),
        egress=({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},),
    )
    over = group("over", w, ingress=({"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": clients}]},))
    acl = made(ec2.create_network_acl(VpcId=v), "NetworkAcl")
    for number, egress, protocol, action, block, more in (
        (90, False, "6", "deny", "10.0.1.0/24", {"PortRange": {"From": 443, "To": 443}}),
        (100, False, "6", "allow", EVERYWHERE, {"PortRange": {"From": 22, "To": 65535}}),
        (110, False, "1", "allow", "10.0.0.0/8", {"IcmpTypeCode": {"Type": -1, "Code": -1}}),
        (100, True, "-1", "allow", EVERYWHERE, {}),
    ):
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Egress=egress,
            Protocol=protocol,
            RuleAction=action,
            CidrBlock=block,
            **more,
        )
    default = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [public]}])["NetworkAcls"]
    (own,) = (a for a in default[0]["Associations"] if a["SubnetId"] == public)
    ec2.replace_network_acl_association(AssociationId=own["NetworkAclAssociationId"], NetworkAclId=acl)
    for subnet, groups, address in zip(
        (public, private, extra, far), (web, clients, clients, over), HOSTS, strict=True
    ):
        ec2.run_instances(
            ImageId="ami-1",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            SecurityGroupIds=[groups],
            PrivateIpAddress=address,
        )
    return listed


@pytest.fixture
def described(tmp_path, monkeypatch):
    """The folder of answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    folder = tmp_path / "account" / REGION
    folder.mkdir(parents=True)
    with mock_aws():
        ec2 = boto3.client("ec2", REGION)
        listed = build(ec2)
        answers = {f"describe-{name}": getattr(ec2, f"describe_{name}")() for name in ANSWERS}
        answers[f"entries-{listed}"] = ec2.get_managed_prefix_list_entries(PrefixListId=listed)
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer, default=str))
    return folder.parent


def test_the_account_is_the_network_of_the_template(described, tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    clouds = load([described]), load([tmp_path / "template.yaml"], region=REGION)

    def answer(cloud, source, destination):
        path = trace(cloud, parse(cloud, source, destination))
        return path.verdict, path.symptom.kind, [hop.code for hop in (*path.hops, *path.return_hops) if hop.code]

    asked = [(source, f"{host}:{service}") for source in HOSTS for host in HOSTS for service in SERVICES]
    asked += [(source, destination) for source in HOSTS for destination in ("internet:tcp/443", "10.9.0.1:tcp/443")]
    told, written = ({each: answer(cloud, *each) for each in asked} for cloud in clouds)
    assert told == written
    assert {verdict for verdict, *_ in told.values()} == {"reachable", "blocked"}
