"""`DnsSupport` of transit gateways and attachments, as templates, plans and described accounts write it (newer-aws §3.1)."""

import json

import pytest

from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Tgw: {Type: AWS::EC2::TransitGateway, Properties: {Description: hub%s}}
  Of: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]%s}}
"""


def support(made):
    (gateway,), (attachment,) = (
        made.network.transit_gateways.values(),
        made.network.transit_gateway_attachments.values(),
    )
    return gateway.dns_support, attachment.dns_support


@pytest.mark.parametrize(
    ("gateway", "attachment", "expected"),
    [
        ("", "", (None, None)),
        (", DnsSupport: enable", ", Options: {DnsSupport: disable}", (True, False)),
        (", DnsSupport: disable", ", Options: {DnsSupport: enable}", (False, True)),
    ],
)
def test_a_template(cloud_of, gateway, attachment, expected):
    assert support(cloud_of(TEMPLATE % (gateway, attachment))) == expected


def test_a_plan(tmp_path):
    plan = network()
    plan.add("aws_ec2_transit_gateway.hub", dns_support="enable")
    ends = {"transit_gateway_id": refers("aws_ec2_transit_gateway.hub.id"), "vpc_id": refers("aws_vpc.main.id")}
    more = {"subnet_ids": ["subnet-1"], "dns_support": "disable"}
    plan.add("aws_ec2_transit_gateway_vpc_attachment.of", ends, transit_gateway_id=..., vpc_id=..., **more)
    assert support(load([plan.write(tmp_path)])) == (True, False)


def test_a_described_account(tmp_path):
    gateway = {"TransitGatewayId": "tgw-1", "State": "available", "Options": {"DnsSupport": "enable"}}
    attachment = {
        "TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "State": "available",
        "SubnetIds": ["subnet-1"], "Options": {"DnsSupport": "disable"},
    }  # fmt: skip
    answer = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}], "TransitGateways": [gateway],
        "TransitGatewayVpcAttachments": [attachment],
    }  # fmt: skip
    for key, listed in answer.items():
        file = tmp_path / "us-east-1" / f"{key}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({key: listed}))
    assert support(load([tmp_path])) == (True, False)
