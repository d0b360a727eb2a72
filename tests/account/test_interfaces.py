"""Network interfaces that calls of EC2's API create, attach and change, and how AWS describes those of each owner."""

import re
from ipaddress import IPv4Address

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.ec2.describe.network_interfaces import LambdaInterface
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from tests.helpers.account_client import Client, Running


@pytest.fixture
def eni_id(ec2, subnet_id):
    return ec2("CreateNetworkInterface", SubnetId=subnet_id, Description="mine")["NetworkInterface"][
        "NetworkInterfaceId"
    ]


@pytest.fixture
def instance_id(ec2, subnet_id):
    asked = {"ImageId": "ami-00000000000000001", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet_id}
    return ec2("RunInstances", **asked)["Instances"][0]["InstanceId"]


def interface(ec2, eni_id):
    (found,) = ec2("DescribeNetworkInterfaces", NetworkInterfaceIds=[eni_id])["NetworkInterfaces"]
    return found


def test_an_interface_is_created_changed_and_deleted(ec2, vpc_id, subnet_id, eni_id):
    made = interface(ec2, eni_id)
    assert (made["Status"], made["Description"], made["PrivateIpAddress"]) == ("available", "mine", "10.0.1.4")
    assert "Attachment" not in made
    group = ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
    for change in ({"Groups": [group]}, {"Description": {"Value": "yours"}}, {"SourceDestCheck": {"Value": False}}):
        ec2("ModifyNetworkInterfaceAttribute", NetworkInterfaceId=eni_id, **change)
    changed = interface(ec2, eni_id)
    assert ([g["GroupId"] for g in changed["Groups"]], changed["Description"], changed["SourceDestCheck"]) == (
        [group], "yours", False,
    )  # fmt: skip
    assert ec2("DeleteSubnet", SubnetId=subnet_id) == "DependencyViolation"
    ec2("DeleteNetworkInterface", NetworkInterfaceId=eni_id)
    assert ec2("DescribeNetworkInterfaces", NetworkInterfaceIds=[eni_id]) == "InvalidNetworkInterfaceID.NotFound"
    assert not isinstance(ec2("DeleteSubnet", SubnetId=subnet_id), str)


@pytest.mark.parametrize(
    "asked", [{"PrivateIpAddress": "10.0.1.50"}, {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.50", "Primary": True}]}]
)  # fmt: skip
@pytest.mark.usefixtures("eni_id")
def test_an_interface_beside_others_has_the_address_that_is_asked_for(ec2, subnet_id, asked):
    made = ec2("CreateNetworkInterface", SubnetId=subnet_id, **asked)["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.0.1.50"


def test_an_interface_is_attached_and_detached(ec2, eni_id, instance_id):
    asked = {"NetworkInterfaceId": eni_id, "InstanceId": instance_id}
    assert ec2("AttachNetworkInterface", **asked, DeviceIndex=0) == "InvalidParameterValue"
    attachment = ec2("AttachNetworkInterface", **asked, DeviceIndex=1)["AttachmentId"]
    found = interface(ec2, eni_id)
    assert (found["Status"], found["Attachment"]["AttachmentId"], found["Attachment"]["InstanceId"]) == (
        "in-use", attachment, instance_id,
    )  # fmt: skip
    assert not found["Attachment"]["DeleteOnTermination"]
    assert ec2("AttachNetworkInterface", **asked, DeviceIndex=2) == "InvalidNetworkInterface.InUse"
    assert ec2("DeleteNetworkInterface", NetworkInterfaceId=eni_id) == "InvalidParameterValue"
    ec2("DetachNetworkInterface", AttachmentId=attachment)
    assert interface(ec2, eni_id)["Status"] == "available"
    assert ec2("DetachNetworkInterface", AttachmentId=attachment) == "InvalidAttachmentID.NotFound"


def test_the_primary_interface_is_not_detached(ec2, instance_id):
    of_instance = [{"Name": "attachment.instance-id", "Values": [instance_id]}]
    (primary,) = ec2("DescribeNetworkInterfaces", Filters=of_instance)["NetworkInterfaces"]
    asked = {"AttachmentId": primary["Attachment"]["AttachmentId"]}
    assert ec2("DetachNetworkInterface", **asked) == "OperationNotPermitted"


@pytest.mark.parametrize("ends", [False, True])
def test_an_attachment_decides_what_ends_with_an_instance(ec2, eni_id, instance_id, ends):
    asked = {"NetworkInterfaceId": eni_id, "InstanceId": instance_id, "DeviceIndex": 1}
    attachment = ec2("AttachNetworkInterface", **asked)["AttachmentId"]
    change = {"AttachmentId": attachment, "DeleteOnTermination": ends}
    ec2("ModifyNetworkInterfaceAttribute", NetworkInterfaceId=eni_id, Attachment=change)
    ec2("TerminateInstances", InstanceIds=[instance_id])
    left = [one["Status"] for one in ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]]
    assert left == ([] if ends else ["available"])


def test_an_instance_is_launched_with_an_interface_that_is_there(ec2, subnet_id, eni_id):
    parts = [{"DeviceIndex": 0, "NetworkInterfaceId": eni_id}, {"DeviceIndex": 1, "SubnetId": subnet_id}]
    asked = {"ImageId": "ami-00000000000000001", "MinCount": 1, "MaxCount": 1, "NetworkInterfaces": parts}
    (one,) = ec2("RunInstances", **asked)["Instances"]
    assert [eni["Attachment"]["DeviceIndex"] for eni in one["NetworkInterfaces"]] == [0, 1]
    assert one["PrivateIpAddress"] == "10.0.1.4"
    assert ec2("RunInstances", **asked) == "InvalidNetworkInterface.InUse"
    ec2("TerminateInstances", InstanceIds=[one["InstanceId"]])
    assert [eni["NetworkInterfaceId"] for eni in ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]] == [eni_id]


def test_addresses_come_and_go(ec2, eni_id, instance_id):
    of_instance = [{"Name": "attachment.instance-id", "Values": [instance_id]}]
    (own,) = ec2("DescribeNetworkInterfaces", Filters=of_instance)["NetworkInterfaces"]
    for id_ in (eni_id, own["NetworkInterfaceId"]):
        primary = interface(ec2, id_)["PrivateIpAddress"]
        given = ec2("AssignPrivateIpAddresses", NetworkInterfaceId=id_, SecondaryPrivateIpAddressCount=2)
        added = [one["PrivateIpAddress"] for one in given["AssignedPrivateIpAddresses"]]
        ec2("AssignPrivateIpAddresses", NetworkInterfaceId=id_, PrivateIpAddresses=added[:1])
        assert [one["PrivateIpAddress"] for one in interface(ec2, id_)["PrivateIpAddresses"]] == [primary, *added]
        ec2("UnassignPrivateIpAddresses", NetworkInterfaceId=id_, PrivateIpAddresses=added[:1])
        assert [one["PrivateIpAddress"] for one in interface(ec2, id_)["PrivateIpAddresses"]] == [primary, added[1]]
        again = {"NetworkInterfaceId": id_, "PrivateIpAddresses": [primary]}
        assert ec2("UnassignPrivateIpAddresses", **again) == "InvalidParameterValue"
    taken = {"NetworkInterfaceId": eni_id, "PrivateIpAddresses": [own["PrivateIpAddress"]]}
    assert ec2("AssignPrivateIpAddresses", **taken) == "InvalidIPAddress.InUse"


OWNERS = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref A, ConnectivityType: private}}
  Door: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, SubnetIds: [!Ref A]}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: alb, Scheme: internal, Subnets: [!Ref A, !Ref B]}}
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: nlb, Type: network, Scheme: internal, Subnets: [!Ref A]}}
  Places: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Places, Engine: postgres}}
  CachePlaces: {Type: AWS::ElastiCache::SubnetGroup, Properties: {Description: d, SubnetIds: [!Ref A]}}
  Cache: {Type: AWS::ElastiCache::CacheCluster, Properties: {CacheSubnetGroupName: !Ref CachePlaces, Engine: redis}}
  Files: {Type: AWS::EFS::MountTarget, Properties: {SubnetId: !Ref A, FileSystemId: fs-1, SecurityGroups: [!GetAtt Vpc.DefaultSecurityGroup]}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}
  Loose: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A, Description: spare}}
"""


@pytest.fixture
def owned(cloud_of):
    """The interfaces of a cloud by the model's owner, with a function's."""
    cloud = cloud_of(OWNERS)
    of_lambda = LambdaInterface(
        NetworkInterface("eni-f", InterfaceOwner.LAMBDA, "Fn", "A", private_ip_address=IPv4Address("10.0.1.99"))
    )
    found = Client("ec2", Ec2Api(Running(cloud), (of_lambda,)).handle)("DescribeNetworkInterfaces")["NetworkInterfaces"]
    names = {cloud.aws_ids[eni.id]: eni.owner_id for eni in cloud.network.network_interfaces.values()}
    return {names.get(one["NetworkInterfaceId"], "Fn"): one for one in found}


@pytest.mark.parametrize(
    ("owner", "type_", "description", "requester", "instance_owner"),
    [
        ("Nat", "nat_gateway", r"Interface for NAT Gateway nat-[0-9a-f]{17}", r"\d{12}", "amazon-aws"),
        ("Door", "vpc_endpoint", r"VPC Endpoint Interface vpce-[0-9a-f]{17}", r"\d{12}", "amazon-aws"),
        ("Alb", "interface", r"ELB app/alb/[0-9a-f]{16}", "amazon-elb", "amazon-elb"),
        ("Nlb", "network_load_balancer", r"ELB net/nlb/[0-9a-f]{16}", "amazon-elb", "amazon-aws"),
        ("Db", "interface", "RDSNetworkInterface", "amazon-rds", "amazon-rds"),
        ("Cache", "interface", r"ElastiCache \S+", "amazon-elasticache", "amazon-elasticache"),
        ("Files", "efs", r"EFS mount target for \S+", "amazon-aws", "amazon-aws"),
        ("Fn", "lambda", r"AWS Lambda VPC ENI-Fn-[0-9a-f-]{36}", r"AROA\w{17}:awslambda_0_\d{15}", "amazon-aws"),
        ("Host", "interface", "", "", "123456789012"),
    ],
)
def test_interfaces_look_as_at_aws(owned, owner, type_, description, requester, instance_owner):
    found = owned[owner]
    assert found["InterfaceType"] == type_
    assert re.fullmatch(description, found["Description"])
    assert re.fullmatch(requester, found.get("RequesterId", ""))
    assert found["RequesterManaged"] == bool(requester)
    assert (found["Attachment"]["InstanceOwnerId"], found["Status"]) == (instance_owner, "in-use")


def test_an_interface_without_an_owner_is_available(owned):
    assert (owned["Loose"]["Status"], owned["Loose"]["Description"]) == ("available", "spare")
    assert "Attachment" not in owned["Loose"]


@pytest.mark.parametrize(
    ("name", "value"), [("tag:Name", "mine"), ("tag:Name", "m*"), ("tag-key", "Name"), ("tag-value", "mine")]
)
def test_interfaces_are_found_by_their_tags(ec2, eni_id, subnet_id, name, value):
    ec2("CreateNetworkInterface", SubnetId=subnet_id)
    ec2("CreateTags", Resources=[eni_id], Tags=[{"Key": "Name", "Value": "mine"}])
    found = ec2("DescribeNetworkInterfaces", Filters=[{"Name": name, "Values": [value]}])["NetworkInterfaces"]
    assert [one["NetworkInterfaceId"] for one in found] == [eni_id]


@pytest.mark.parametrize(
    ("operation", "member", "name", "value"),
    [
        ("DescribeTags", "Tags", "tag:Name", "mine"),
        ("DescribeNetworkInterfaces", "NetworkInterfaces", "addresses.private-ip-address", "10.0.1.*"),
        ("DescribeSecurityGroups", "SecurityGroups", "egress.ip-permission.protocol", "-1"),
        ("DescribeSecurityGroups", "SecurityGroups", "ip-permission.user-id", "123456789012"),
        ("DescribeVpcs", "Vpcs", "cidr-block-association.state", "associated"),
    ],
)
def test_filters_that_are_named_otherwise_than_members(ec2, eni_id, operation, member, name, value):
    ec2("CreateTags", Resources=[eni_id], Tags=[{"Key": "Name", "Value": "mine"}])
    assert ec2(operation, Filters=[{"Name": name, "Values": [value]}])[member]
    assert ec2(operation, Filters=[{"Name": name, "Values": ["other"]}])[member] == []


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("DescribeSecurityGroups", "ip-permission.ipv6-cidr"),
        ("DescribeSecurityGroups", "ip-permission.prefix-list-id"),
        ("DescribeSecurityGroups", "egress.ip-permission.to-port"),
        ("DescribeVpcs", "ipv6-cidr-block-association.state"),
        ("DescribeSubnets", "ipv6-cidr-block-association.state"),
    ],
)
def test_filters_that_find_nothing_here(ec2, operation, name):
    assert not isinstance(ec2(operation, Filters=[{"Name": name, "Values": ["other"]}]), str)
