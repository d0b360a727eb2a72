"""Blocks of VPCs and subnets, DHCP options, prefix lists and virtual private gateways as calls of EC2's API change them."""

import pytest

from netful.account.ec2.api import Ec2Api
from tests.helpers.account_client import Client, Running


@pytest.fixture
def running():
    return Running()


@pytest.fixture
def ec2(running):
    return Client("ec2", Ec2Api(running, ()).handle)


@pytest.fixture
def vpc_id(ec2):
    return ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def described(ec2, action, **more):
    found = ec2(action, **more)
    return found if isinstance(found, str) else next(value for key, value in found.items() if isinstance(value, list))


def test_a_further_block_comes_and_goes(ec2, vpc_id):
    made = ec2("AssociateVpcCidrBlock", VpcId=vpc_id, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    (vpc,) = described(ec2, "DescribeVpcs", VpcIds=[vpc_id])
    first, second = vpc["CidrBlockAssociationSet"]
    assert second == made == {**made, "CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}}
    assert ec2("AssociateVpcCidrBlock", VpcId=vpc_id, CidrBlock="10.1.128.0/17") == "CidrConflict"
    assert ec2("DisassociateVpcCidrBlock", AssociationId=first["AssociationId"]) == "OperationNotPermitted"
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    gone = {"AssociationId": second["AssociationId"]}
    assert ec2("DisassociateVpcCidrBlock", **gone) == "InvalidCidrBlock.InUse"
    ec2("DeleteSubnet", SubnetId=subnet)
    assert ec2("DisassociateVpcCidrBlock", **gone)["CidrBlockAssociation"]["CidrBlockState"]["State"] == "disassociated"
    assert ec2("DisassociateVpcCidrBlock", **gone) == "InvalidVpcCidrBlockAssociationID.NotFound"


def test_ipv6_blocks_of_vpcs_and_subnets(ec2, vpc_id):
    other = ec2("CreateVpc", CidrBlock="10.2.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    made = ec2("AssociateVpcCidrBlock", VpcId=vpc_id, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
    block = made["Ipv6CidrBlock"]
    ec2("DeleteVpc", VpcId=other)
    (vpc,) = described(ec2, "DescribeVpcs", VpcIds=[vpc_id])
    assert [one["Ipv6CidrBlock"] for one in vpc["Ipv6CidrBlockAssociationSet"]] == [block]
    subnet = ec2("CreateSubnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert ec2("AssociateSubnetCidrBlock", SubnetId=subnet, Ipv6CidrBlock="2001:db8:ffff::/64") == "InvalidSubnet.Range"
    part = block.replace("/56", "/64")
    given = ec2("AssociateSubnetCidrBlock", SubnetId=subnet, Ipv6CidrBlock=part)["Ipv6CidrBlockAssociation"]
    (found,) = described(ec2, "DescribeSubnets", SubnetIds=[subnet])
    assert found["Ipv6CidrBlockAssociationSet"] == [given]
    assert ec2("DisassociateVpcCidrBlock", AssociationId=made["AssociationId"]) == "InvalidCidrBlock.InUse"
    ec2("DisassociateSubnetCidrBlock", AssociationId=given["AssociationId"])
    (found,) = described(ec2, "DescribeSubnets", SubnetIds=[subnet])
    assert found["Ipv6CidrBlockAssociationSet"] == []
    again = {"AssociationId": given["AssociationId"]}
    assert ec2("DisassociateSubnetCidrBlock", **again) == "InvalidSubnetCidrBlockAssociationID.NotFound"
