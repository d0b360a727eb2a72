"""EC2's describe operations are the mirror of the described source: what they return reads back as the same network."""

from dataclasses import fields, is_dataclass, replace
from enum import StrEnum

from hypothesis import given

from netful.account.ec2.api import Ec2Api
from netful.model.core import Unknown
from netful.model.network.gateways import InternetGateway, NatGateway, VpcPeeringConnection
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import TCP, UDP
from netful.model.network.route_tables import Route
from netful.model.network.security_groups import SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import Vpc
from netful.model.network.vpc_endpoints import VpcEndpoint
from tests.helpers.account_client import Client, Running
from tests.helpers.described import DESCRIBED, asked, read_back
from tests.helpers.draw import clouds
from tests.helpers.examples import examples

Unnumbered = SecurityGroupRule | NetworkAclEntry | Route  # the source makes their ids
UNTOLD = {
    Vpc: ("owner_id", "region"),  # the account of a running stack has one region
    VpcPeeringConnection: ("peer_region",),
    SecurityGroup: ("group_name",),
    InternetGateway: ("attachment_id",),
    NatGateway: ("vpc_id", "private_ip_address"),
    VpcEndpoint: ("assumptions", "policy_document", "ip_address_type", "firewall_id", "dns_names"),
    NetworkAcl: ("subnet_ids",),
}


def renamed(value, ids):
    """A thing of the model under AWS's ids, without what describe calls do not say."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, StrEnum | Unknown) or value is None or isinstance(value, int):
        return value
    if isinstance(value, SecurityGroupRule | NetworkAclEntry) and value.from_port == -1:
        protocol = value.ip_protocol if isinstance(value, SecurityGroupRule) else value.protocol
        value = (
            replace(value, from_port=0, to_port=65535) if protocol in {TCP, UDP} else value
        )  # all ports, as readers say
    if is_dataclass(value):
        left_out = {*UNTOLD.get(type(value), ()), *(("id",) if isinstance(value, Unnumbered) else ())}
        names = [one.name for one in fields(value) if one.name not in left_out]
        return {name: renamed(getattr(value, name), ids) for name in names if not name.endswith(("origin", "origins"))}
    if isinstance(value, dict):
        return {name: renamed(one, ids) for name, one in value.items()}
    if isinstance(value, tuple):
        found = [renamed(one, ids) for one in value]
        of_group = any(isinstance(one, SecurityGroupRule) for one in value)
        return sorted(found, key=str) if of_group else found  # rules of a group have no order
    return value


def shown(cloud, thing):
    """A thing without what it has only for IPv6, in a VPC without it."""
    if not isinstance(thing, NetworkAcl) or not thing.default or cloud.network.vpcs[thing.vpc_id].ipv6_cidr_blocks:
        return thing
    ingress, egress = (
        tuple(one for one in each if one.cidr_block.version == 4) for each in (thing.ingress, thing.egress)
    )
    return replace(thing, ingress=ingress, egress=egress)


@examples(40)
@given(clouds())
def test_what_is_described_reads_back_as_the_same_network(tmp_path_factory, cloud):
    found = read_back(cloud, tmp_path_factory.mktemp("described"))
    ids = cloud.aws_ids
    for part in DESCRIBED.values():
        expected = {ids[name]: renamed(shown(cloud, thing), ids) for name, thing in cloud.part(part).items()}
        assert {name: renamed(thing, {}) for name, thing in found.part(part).items()} == expected, part
    for subnet_id in cloud.network.subnets:
        acl = found.network.network_acl_of(ids[subnet_id])
        assert acl.id == ids[cloud.network.network_acl_of(subnet_id).id]


def test_descriptions_and_templates_give_the_same_ids(cloud_of):
    cloud = cloud_of("""
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
      Door: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, SubnetIds: [!Ref Subnet]}}
    Outputs:
      Vpc: {Value: !Ref Vpc}
      Group: {Value: !GetAtt Vpc.DefaultSecurityGroup}
      Acl: {Value: !GetAtt Vpc.DefaultNetworkAcl}
      Subnet: {Value: !Ref Subnet}
      Door: {Value: !Ref Door}
      Name: {Value: !Select [1, !Split [":", !Select [0, !GetAtt Door.DnsEntries]]]}
    """)
    given = {one.id: one.value for one in cloud.template.outputs}
    (vpc,) = asked(cloud, "DescribeVpcs", VpcIds=[given["Vpc"]])["Vpcs"]
    (subnet,) = asked(cloud, "DescribeSubnets", SubnetIds=[given["Subnet"]])["Subnets"]
    (door,) = asked(cloud, "DescribeVpcEndpoints", VpcEndpointIds=[given["Door"]])["VpcEndpoints"]
    assert vpc["VpcId"] == subnet["VpcId"] == door["VpcId"] == given["Vpc"]
    assert (door["SubnetIds"], door["DnsEntries"][0]["DnsName"]) == ([given["Subnet"]], given["Name"])
    assert [one["GroupId"] for one in asked(cloud, "DescribeSecurityGroups")["SecurityGroups"]] == [given["Group"]]
    assert [one["NetworkAclId"] for one in asked(cloud, "DescribeNetworkAcls")["NetworkAcls"]] == [given["Acl"]]


def test_the_same_question_is_answered_for_the_cloud_that_runs():
    running = Running()
    ec2 = Client("ec2", Ec2Api(running, ()).handle)
    vpc = ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    first, second = ec2("DescribeSubnets"), ec2("DescribeSubnets")
    assert first["Subnets"] == second["Subnets"] == []
    assert first["ResponseMetadata"]["RequestId"] != second["ResponseMetadata"]["RequestId"]
    made = ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert [one["SubnetId"] for one in ec2("DescribeSubnets")["Subnets"]] == [made]
    ec2("DeleteSubnet", SubnetId=made)
    assert ec2("DescribeSubnets")["Subnets"] == []
