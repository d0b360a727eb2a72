"""Private addresses over a deployment: those of the source first, then the previous ones that fit."""

import pytest

from netful.model.allocation import keep_addresses
from netful.model.difference import differences

NETWORK = """
Resources:
  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.1.0.0/16}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V, CidrBlock: {block}}}}}
  A: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref S}}}}
  B: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref S}}}}
"""
ENDPOINT = """
  E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref V, ServiceName: com.amazonaws.us-east-1.ssm,
      VpcEndpointType: Interface, SubnetIds: [!Ref S]}}
"""
FIXED = {
    "interface": """
  X: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref S, PrivateIpAddress: {}}}}}
""",
    "instance": """
  X: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, SubnetId: !Ref S, PrivateIpAddress: {}}}}}
""",
    "NAT gateway": """
  X: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref S, ConnectivityType: private, PrivateIpAddress: {}}}}}
""",
    "load balancer": """
  X: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: network, Scheme: internal,
      SubnetMappings: [{{SubnetId: !Ref S, PrivateIPv4Address: {}}}]}}}}
""",
}  # fmt: skip


def network(block="10.1.1.0/24", more=""):
    return NETWORK.format(block=block) + more


def addresses(cloud):
    return {id_: str(eni.private_ip_address) for id_, eni in cloud.network.network_interfaces.items()}


def test_interfaces_keep_their_addresses(cloud_of):
    before = cloud_of(network())
    after = addresses(keep_addresses(cloud_of(network(more=ENDPOINT)), before))
    assert after == {**addresses(before), "eni-E-S": "10.1.1.6"}


@pytest.mark.parametrize("block", ["10.1.2.0/24", "10.1.1.16/28"])
def test_interfaces_get_addresses_of_their_new_block(cloud_of, block):
    after = cloud_of(network(block, ENDPOINT))
    assert addresses(keep_addresses(after, cloud_of(network()))) == addresses(after)


@pytest.mark.parametrize("owner", FIXED)
def test_an_address_that_the_source_changes_is_applied(cloud_of, owner):
    one, two = (cloud_of(network(more=FIXED[owner].format(f"10.1.1.{n}"))) for n in (80, 81))
    kept = keep_addresses(two, one)
    assert sorted(addresses(kept).values()) == ["10.1.1.4", "10.1.1.5", "10.1.1.81"]
    assert keep_addresses(kept, two) == kept
    assert {one.fields for one in differences(one, kept) if one.kind == "NetworkInterface"} == {("private_ip_address",)}


def test_an_address_that_the_source_fixes_is_of_no_other_interface(cloud_of):
    kept = keep_addresses(cloud_of(network(more=FIXED["interface"].format("10.1.1.4"))), cloud_of(network()))
    assert addresses(kept) == {"A": "10.1.1.6", "B": "10.1.1.5", "X": "10.1.1.4"}
