"""IPv6 blocks of VPCs and subnets, IPv6-only subnets and DNS64, as templates, plans and described accounts write them."""

import json
from ipaddress import IPv6Address, IPv6Network

import pytest

from netful.engine.overview.inventory import inventory
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.paths import path
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Blocks: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Six: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, Ipv6Native: true, EnableDns64: true}}
  OfSix: {Type: AWS::EC2::SubnetCidrBlock, Properties: {SubnetId: !Ref Six, Ipv6CidrBlock: '2001:db8:0:101::/64'}}
  Four: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.ssm
      SubnetIds: [!Ref Six]
      IpAddressType: ipv6
"""


def subnet(cloud, name):
    found = cloud.network.subnets[name]
    return found.ipv6_native, found.enable_dns64, found.ipv6_cidr_block


def test_a_template(cloud_of):
    made = cloud_of(TEMPLATE)
    assert subnet(made, "Six") == (True, True, IPv6Network("2001:db8:0:101::/64"))
    assert subnet(made, "Four") == (False, False, None)
    assert made.network.vpc_endpoints["Ssm"].ip_address_type == "ipv6"


def test_the_inventory_has_the_blocks_and_addresses(cloud_of):
    shown = inventory(cloud_of(TEMPLATE))
    (vpc,) = shown["vpcs"]
    (interface,) = shown["enis"]
    assert IPv6Network(vpc["ipv6_cidr_blocks"][0]).subnet_of(IPv6Network("2001:db8::/32"))
    assert {one["id"]: one["ipv6_cidr_block"] for one in vpc["subnets"]} == {"Six": "2001:db8:0:101::/64", "Four": None}
    assert IPv6Address(interface["ipv6_address"]) in IPv6Network("2001:db8:0:101::/64")


def test_a_block_from_a_pool_is_unknown(cloud_of):
    pooled = TEMPLATE.replace("Ipv6CidrBlock: '2001:db8:0:101::/64'", "Ipv6IpamPoolId: pool-1, Ipv6NetmaskLength: 64")
    block = cloud_of(pooled).network.subnets["Six"].ipv6_cidr_block
    assert isinstance(block, Unknown)
    assert block.needs == ("OfSix.Ipv6CidrBlock",)


@pytest.mark.parametrize("pool", ["Ipv4IpamPoolId", "Ipv6IpamPoolId"])
def test_a_vpcs_block_from_a_pool_is_of_the_pools_family(cloud_of, pool):
    pooled = TEMPLATE.replace("AmazonProvidedIpv6CidrBlock: true", f"{pool}: pool-1")
    made = cloud_of(pooled.replace("Ipv6CidrBlock: '2001:db8:0:101::/64'", "Ipv6IpamPoolId: pool-2")).network.vpcs[
        "Vpc"
    ]
    own = {"Ipv4IpamPoolId": made.cidr_blocks[1:], "Ipv6IpamPoolId": made.ipv6_cidr_blocks}
    assert isinstance(own.pop(pool)[0], Unknown)
    assert [*own.values()] == [()]


def test_a_block_outside_the_vpc_is_unknown(cloud_of):
    made = cloud_of(TEMPLATE.replace("2001:db8:0:101::/64", "2001:db8:9::/64")).network.subnets["Six"]
    assert made.ipv6_cidr_block == Unknown(made.refusal, ("OfSix.Ipv6CidrBlock",))
    assert made.refusal


def test_a_plan(tmp_path):
    plan = network()
    plan.add(
        "aws_subnet.six", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., ipv6_native=True, enable_dns64=True,
        ipv6_cidr_block="2001:db8:0:101::/64",
    )  # fmt: skip
    plan.add(
        "aws_vpc_ipv6_cidr_block_association.more", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...,
        ipv6_cidr_block="2001:db8:0:100::/56",
    )  # fmt: skip
    made = load([plan.write(tmp_path)])
    assert subnet(made, "aws_subnet.six") == (True, True, IPv6Network("2001:db8:0:101::/64"))
    assert made.network.vpcs["aws_vpc.main"].ipv6_cidr_blocks == (IPv6Network("2001:db8:0:100::/56"),)


def test_a_plan_whose_vpc_gets_a_block(tmp_path):
    plan = network()
    plan.add("aws_vpc.six", cidr_block="10.9.0.0/16", assign_generated_ipv6_cidr_block=True)
    assert load([plan.write(tmp_path)]).network.vpcs["aws_vpc.six"].ipv6_cidr_blocks == (
        IPv6Network("2001:db8:0:100::/56"),
    )


def test_a_described_account(tmp_path):
    described = {
        "subnets": {
            "Subnets": [
                {
                    "SubnetId": "subnet-6", "VpcId": "vpc-1", "Ipv6Native": True, "EnableDns64": True,
                    "AvailabilityZone": "us-east-1a",
                    "Ipv6CidrBlockAssociationSet": [
                        {"Ipv6CidrBlock": "2001:db8:0:101::/64", "Ipv6CidrBlockState": {"State": "associated"}}
                    ],
                }
            ]
        },
        "endpoints": {
            "VpcEndpoints": [
                {
                    "VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.ssm",
                    "VpcEndpointType": "Interface", "State": "available", "SubnetIds": ["subnet-6"],
                    "IpAddressType": "ipv6",
                }
            ]
        },
    }  # fmt: skip
    for name, answer in described.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    made = load([tmp_path])
    assert subnet(made, "subnet-6") == (True, True, IPv6Network("2001:db8:0:101::/64"))
    assert made.network.vpc_endpoints["vpce-1"].ip_address_type == "ipv6"


def test_a_template_that_cuts_the_block_before_its_zeros(cloud_of):
    made = cloud_of("""
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Blocks: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Six:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.0.1.0/24
      Ipv6CidrBlock: !Sub ["${Front}0f::/64", {Front: !Select [0, !Split ["00::/56", !Select [0, !GetAtt Vpc.Ipv6CidrBlocks]]]}]
""")
    (of_vpc,) = made.network.vpcs["Vpc"].ipv6_cidr_blocks
    assert subnet(made, "Six")[2] == list(of_vpc.subnets(new_prefix=64))[15]


WHOSE_BLOCK = """
Parameters: {Block: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, Ipv6IpamPoolId: ipam-pool-1, Ipv6CidrBlock: BLOCK}}
  Only:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, Ipv6Native: true, AssignIpv6AddressOnCreation: true, Ipv6CidrBlock: !Select [0, &own !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]}
  Both:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AssignIpv6AddressOnCreation: true, Ipv6CidrBlock: !Select [1, *own]}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: all
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: "-1", CidrIpv6: "::/0"}]
      SecurityGroupEgress: [{IpProtocol: "-1", CidrIpv6: "::/0"}]
  Client: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Only, SecurityGroupIds: [!Ref Group]}}
  Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Both, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(("block", "verdict"), [('"2001:db8:7::/56"', "reachable"), ("!Ref Block", "unknown")])
def test_a_block_that_is_written_or_not_known(cloud_of, block, verdict):
    """What both ends have in common is IPv6, also if their addresses are not known."""
    cloud = cloud_of(WHOSE_BLOCK.replace("BLOCK", block))
    assert path(cloud, "Client", "Server:tcp/22").verdict == verdict
