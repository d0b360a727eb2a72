"""VPC encryption controls, as templates, plans and described accounts write them."""

import json

from netful.model.core import Unknown
from netful.model.network.encryption_control import Exclusion
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Hub: {Type: AWS::EC2::TransitGateway, Properties: {EncryptionSupport: enable}}
  Control:
    Type: AWS::EC2::VPCEncryptionControl
    Properties: {VpcId: !Ref Vpc, Mode: enforce, LambdaExclusionInput: enable, NatGatewayExclusionInput: disable, VpcPeeringExclusionInput: !Ref Given}
"""


def control(cloud, vpc_id):
    found = cloud.network.encryption_control_of(vpc_id)
    return found.mode, {str(what): one for what, one in found.exclusions.items() if not isinstance(one, Unknown)}


def test_a_template(cloud_of):
    made = cloud_of(TEMPLATE)
    assert control(made, "Vpc") == ("enforce", {"Lambda": True, "NatGateway": False})
    assert isinstance(made.network.encryption_controls["Control"].exclusions["VpcPeering"], Unknown)
    assert made.network.transit_gateways["Hub"].encryption_support
    assert made.template.unread == ()


def test_a_control_without_a_mode_watches(cloud_of):
    assert control(cloud_of(TEMPLATE.replace("Mode: enforce, ", "")), "Vpc")[0] == "monitor"


def test_a_control_within_its_vpc(cloud_of):
    own = "VpcEncryptionControl: {Mode: enforce, LambdaExclusion: enable, NatGatewayExclusion: disable}"
    made = cloud_of(f"Resources: {{Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, {own}}}}}}}")
    assert control(made, "Vpc") == ("enforce", {"Lambda": True, "NatGateway": False})
    assert made.template.unread == ()
    assert made.network.encryption_controls["Vpc"].exclusion_property(Exclusion.LAMBDA) == "LambdaExclusion"


def test_a_plan(tmp_path):
    plan = network()
    plan.add(
        "aws_vpc_encryption_control.main", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., mode="enforce",
        nat_gateway_exclusion="enable",
    )  # fmt: skip
    assert control(load([plan.write(tmp_path)]), "aws_vpc.main") == ("enforce", {"NatGateway": True})


def test_a_described_account(tmp_path):
    one = {"VpcId": "vpc-1", "VpcEncryptionControlId": "vpcec-1", "Mode": "enforce", "State": "available",
           "ResourceExclusions": {"InternetGateway": {"State": "enabled"}, "Lambda": {"State": "disabled"}}}  # fmt: skip
    gone = one | {"VpcEncryptionControlId": "vpcec-2", "VpcId": "vpc-2", "State": "deleted"}
    vpcs = [{"VpcId": id_, "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"} for id_ in ("vpc-1", "vpc-2")]
    vpcs.append(
        {
            "VpcId": "vpc-3",
            "CidrBlock": "10.3.0.0/16",
            "EncryptionControl": one | {"VpcId": "vpc-3", "VpcEncryptionControlId": "vpcec-3"},
        }
    )
    for name, answer in {"vpcs": {"Vpcs": vpcs}, "controls": {"VpcEncryptionControls": [one, gone]}}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(answer))
    made = load([tmp_path])
    for described in ("vpc-1", "vpc-3"):
        assert control(made, described) == ("enforce", {"InternetGateway": True})
    assert made.network.encryption_control_of("vpc-2") is None
