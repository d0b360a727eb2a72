"""Groups across transit gateways and in several VPCs, as templates, plans and described accounts write them (newer-aws §3)."""

import json

import pytest

from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Parameters: {Option: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Tgw: {Type: AWS::EC2::TransitGateway, Properties: {Description: hub}}
  Of: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  There: {Type: AWS::EC2::SecurityGroupVpcAssociation, Properties: {GroupId: !Ref Sg, VpcId: !Ref Other}}
"""


def supports(made, gateway="Tgw", attachment="Of"):
    network = made.network
    return (
        network.transit_gateways[gateway].security_group_referencing,
        network.transit_gateway_attachments[attachment].security_group_referencing,
    )


@pytest.mark.parametrize(
    ("gateway", "attachment", "expected"),
    [
        ("", "", (False, True)),
        ("SecurityGroupReferencingSupport: enable, ", "", (True, True)),
        ("", "Options: {SecurityGroupReferencingSupport: disable}, ", (False, False)),
    ],
)
def test_a_template(cloud_of, gateway, attachment, expected):
    text = TEMPLATE.replace("{Description", f"{{{gateway}Description").replace(
        "{TransitGatewayId", f"{{{attachment}TransitGatewayId"
    )
    made = cloud_of(text)
    assert supports(made) == expected
    assert made.network.security_groups["Sg"].associated_vpc_ids == ("Other",)


@pytest.mark.parametrize(
    ("written", "peer"),
    [
        ('!Sub "${AWS::AccountId}/${Sg}"', "Sg"),
        ("123456789012/sg-0123456789abcdef0", "sg-0123456789abcdef0"),
        ("sg-0123456789abcdef0", "sg-0123456789abcdef0"),
    ],
)
def test_a_group_may_have_its_account_before_it(cloud_of, written, peer):
    rule = f"{{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: {written}}}"
    group = f"{{GroupDescription: y, VpcId: !Ref Other, SecurityGroupIngress: [{rule}]}}"
    made = cloud_of(f"{TEMPLATE}  Far: {{Type: AWS::EC2::SecurityGroup, Properties: {group}}}\n")
    assert [rule.peer for rule in made.network.security_groups["Far"].ingress] == [peer]


def test_an_unknown_option_is_the_default_with_a_warning(cloud_of):
    text = TEMPLATE.replace("{Description", "{SecurityGroupReferencingSupport: !Ref Option, Description")
    made = cloud_of(text)
    assert supports(made) == (False, True)
    assert any("SecurityGroupReferencingSupport" in warning for warning in made.template.warnings)


def test_a_plan(tmp_path):
    plan = network()
    plan.add("aws_ec2_transit_gateway.hub", security_group_referencing_support="enable")
    plan.add(
        "aws_ec2_transit_gateway_vpc_attachment.of", {
            "transit_gateway_id": refers("aws_ec2_transit_gateway.hub.id"), "vpc_id": refers("aws_vpc.main.id"),
        }, transit_gateway_id=..., vpc_id=..., subnet_ids=["subnet-1"], security_group_referencing_support="disable",
    )  # fmt: skip
    plan.add("aws_security_group.sg", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    plan.add(
        "aws_vpc_security_group_vpc_association.there", {"security_group_id": refers("aws_security_group.sg.id")},
        security_group_id=..., vpc_id="vpc-2",
    )  # fmt: skip
    made = load([plan.write(tmp_path)])
    assert supports(made, "aws_ec2_transit_gateway.hub", "aws_ec2_transit_gateway_vpc_attachment.of") == (True, False)
    assert made.network.security_groups["aws_security_group.sg"].associated_vpc_ids == ("vpc-2",)


def test_a_described_account(tmp_path):
    option = {"Options": {"SecurityGroupReferencingSupport": "enable"}}
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "gateways": {"TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available", **option}]},
        "attachments": {
            "TransitGatewayVpcAttachments": [
                {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "State": "available",
                 "SubnetIds": ["subnet-1"], **option},
            ]
        },
        "groups": {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "one", "VpcId": "vpc-1"}]},
        "associations": {
            "SecurityGroupVpcAssociations": [
                {"GroupId": "sg-1", "VpcId": "vpc-2", "State": "associated"},
                {"GroupId": "sg-1", "VpcId": "vpc-3", "State": "disassociated"},
            ]
        },
    }  # fmt: skip
    for name, answer in answers.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    made = load([tmp_path])
    assert supports(made, "tgw-1", "tgw-attach-1") == (True, True)
    assert made.network.security_groups["sg-1"].associated_vpc_ids == ("vpc-2",)
