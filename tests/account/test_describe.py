"""EC2's describe operations are the mirror of the described source: what they return reads back as the same network."""

import asyncio
import json
from dataclasses import fields, is_dataclass
from enum import StrEnum

from botocore.parsers import create_parser
from hypothesis import given, settings

from netful.account.ec2.reads import Reads
from netful.account.ec2.view import View
from netful.account.query_api import QueryApi
from netful.account.wire.service_model import service_model
from netful.fabric.doors.door import Door, DoorKind
from netful.model.core.unknown import Unknown
from netful.model.network.gateways import InternetGateway, NatGateway
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.route_tables import Route
from netful.model.network.security_groups import SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import Vpc
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.http.message import ClientConnection, Request
from netful.sources.load import load
from tests.helpers.draw import clouds

HERE = ClientConnection(Door(DoorKind.LOCAL), ("127.0.0.1", 1), ("127.0.0.1", 2))
DESCRIBED = {
    "DescribeVpcs": "vpcs", "DescribeSubnets": "subnets", "DescribeRouteTables": "route_tables",
    "DescribeSecurityGroups": "security_groups", "DescribeNetworkAcls": "network_acls",
    "DescribeInternetGateways": "internet_gateways", "DescribeNatGateways": "nat_gateways",
    "DescribeVpcPeeringConnections": "vpc_peering_connections", "DescribeVpcEndpoints": "vpc_endpoints",
    "DescribeEgressOnlyInternetGateways": "egress_only_internet_gateways",
}  # fmt: skip


Unnumbered = SecurityGroupRule | NetworkAclEntry | Route  # the source makes their ids
UNTOLD = {
    Vpc: ("owner_id",),
    SecurityGroup: ("group_name",),
    InternetGateway: ("attachment_id",),
    NatGateway: ("vpc_id", "private_ip_address"),
    VpcEndpoint: ("assumptions", "policy_document"),
    NetworkAcl: ("subnet_ids",),
}


def asked(cloud, action, **parameters):
    """What botocore reads out of the answer: the operation's output, or its error."""
    api = QueryApi("ec2", Reads(lambda: View(cloud), ()).operations())
    form = "&".join(f"{name}={value}" for name, value in {"Action": action, **parameters}.items())
    request = Request("POST", "/", (("Host", "ec2.eu-west-1.amazonaws.com"),), form.encode(), HERE)
    response = asyncio.run(api.handle(request))
    shape = service_model("ec2").operation_model(action).output_shape if response.status == 200 else None
    answer = {"body": response.body, "status_code": response.status, "headers": {}}
    return create_parser("ec2").parse(answer, shape)


def read_back(cloud, folder):
    """The cloud that the described source reads out of all answers."""
    region = folder / "describe" / cloud.region
    region.mkdir(parents=True, exist_ok=True)
    for action in (*DESCRIBED, "DescribeNetworkInterfaces", "DescribeAddresses", "DescribeManagedPrefixLists"):
        found = {key: value for key, value in asked(cloud, action).items() if key != "ResponseMetadata"}
        (region / f"{action}.json").write_text(json.dumps(found, default=str))
    attributes = [
        asked(cloud, "DescribeVpcAttribute", VpcId=cloud.aws_ids[vpc_id], Attribute=name)
        for vpc_id in cloud.network.vpcs
        for name in ("enableDnsSupport", "enableDnsHostnames")
    ]
    for number, found in enumerate(attributes):
        del found["ResponseMetadata"]
        (region / f"vpc-attribute-{number}.json").write_text(json.dumps(found))
    return load([folder / "describe"])


def renamed(value, ids):
    """A thing of the model under AWS's ids, without what describe calls do not say."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, StrEnum | Unknown) or value is None or isinstance(value, int):
        return value
    if is_dataclass(value):
        left_out = {*UNTOLD.get(type(value), ()), *(("id",) if isinstance(value, Unnumbered) else ())}
        names = [one.name for one in fields(value) if one.name not in left_out]
        return {name: renamed(getattr(value, name), ids) for name in names if not name.endswith(("origin", "origins"))}
    if isinstance(value, tuple):
        return [renamed(one, ids) for one in value]
    return value


@settings(max_examples=40, deadline=None)
@given(clouds())
def test_what_is_described_reads_back_as_the_same_network(tmp_path_factory, cloud):
    found = read_back(cloud, tmp_path_factory.mktemp("described"))
    ids = cloud.aws_ids
    for part in DESCRIBED.values():
        expected = {ids[name]: renamed(thing, ids) for name, thing in cloud.part(part).items()}
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
