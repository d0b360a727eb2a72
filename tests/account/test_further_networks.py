"""IPv6-only subnets, regional NAT gateways and names of endpoints by calls of EC2's API."""

import re

import pytest


@pytest.fixture
def vpc(ec2):
    made = ec2("CreateVpc", CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2("ModifyVpcAttribute", VpcId=made, **{name: {"Value": True}})
    return made


def test_a_subnet_with_ipv6_alone(ec2, vpc):
    (block,) = ec2("DescribeVpcs", VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    own = block["Ipv6CidrBlock"].replace("/56", "/64")
    made = ec2("CreateSubnet", VpcId=vpc, Ipv6Native=True, Ipv6CidrBlock=own)["Subnet"]
    assert (made["Ipv6Native"], made["AssignIpv6AddressOnCreation"], "CidrBlock" in made) == (True, True, False)
    assert made["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"] == own
    assert ec2("CreateSubnet", VpcId=vpc, Ipv6Native=True) == "MissingParameter"
    both = ec2("CreateSubnet", VpcId=vpc, Ipv6Native=True, CidrBlock="10.0.1.0/24", Ipv6CidrBlock=own)
    assert both == "InvalidParameterCombination"


def test_a_regional_nat_gateway_belongs_to_its_vpc(ec2, running, vpc):
    assert ec2("CreateNatGateway", VpcId=vpc, AvailabilityMode="regional") == "Gateway.NotAttached"
    gateway = ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    ec2("AttachInternetGateway", VpcId=vpc, InternetGatewayId=gateway)
    allocation = ec2("AllocateAddress")["AllocationId"]
    zones = [{"AvailabilityZone": "eu-west-1a", "AllocationIds": [allocation]}]
    asked = {"VpcId": vpc, "AvailabilityMode": "regional", "AvailabilityZoneAddresses": zones}
    made = ec2("CreateNatGateway", **asked)["NatGateway"]
    assert (made["VpcId"], made["AvailabilityMode"], "SubnetId" in made) == (vpc, "regional", False)
    (nat,) = running.cloud.network.nat_gateways.values()
    assert (nat.regional, nat.public) == (True, True)
    assert [running.cloud.aws_id(one) for one in nat.allocation_ids] == [allocation]
    subnet = ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert ec2("CreateNatGateway", **asked, SubnetId=subnet) == "InvalidParameterCombination"


def test_names_of_an_endpoint_have_hosted_zones(ec2, vpc):
    subnet = ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    asked = {"VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.ssm", "VpcEndpointType": "Interface"}
    made = ec2("CreateVpcEndpoint", **asked, SubnetIds=[subnet], PrivateDnsEnabled=True)["VpcEndpoint"]
    regional, zonal, private = made["DnsEntries"]
    assert regional["HostedZoneId"] == zonal["HostedZoneId"] != private["HostedZoneId"]
    assert private["DnsName"] == "ssm.eu-west-1.amazonaws.com"
    assert all(re.fullmatch("Z[A-Z0-9]{12,31}", one["HostedZoneId"]) for one in made["DnsEntries"])
