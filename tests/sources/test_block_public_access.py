"""VPC Block Public Access, as templates, plans and described accounts write it."""

import json

import pytest

from netful.model.core import SourceError, Unknown
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Options: {Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {InternetGatewayBlockMode: block-ingress}}
  OfVpc: {Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: {VpcId: !Ref Vpc, InternetGatewayExclusionMode: allow-egress}}
  OfA: {Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: {SubnetId: !Ref A, InternetGatewayExclusionMode: allow-bidirectional}}
"""


def mode(cloud, vpc_id):
    options = cloud.network.block_public_access_of(cloud.network.vpcs[vpc_id])
    return options and options.internet_gateway_block_mode


def exclusions(cloud):
    every = cloud.network.block_public_access_exclusions.values()
    return {one.id: (one.vpc_id, one.subnet_id, one.internet_gateway_exclusion_mode) for one in every}


def test_a_template(cloud_of):
    made = cloud_of(TEMPLATE)
    assert mode(made, "Vpc") == "block-ingress"
    assert exclusions(made) == {"OfVpc": ("Vpc", None, "allow-egress"), "OfA": (None, "A", "allow-bidirectional")}


@pytest.mark.parametrize(("old", "new", "what"), [("{VpcId: !Ref Vpc, Int", "{Int", "`OfVpc` excludes no VPC or both")])
def test_what_aws_refuses_is_refused(cloud_of, old, new, what):
    with pytest.raises(SourceError, match=what):
        cloud_of(TEMPLATE.replace(old, new))


def test_a_plan(tmp_path):
    plan = network()
    plan.add("aws_vpc_block_public_access_options.all", internet_gateway_block_mode="off")
    plan.add(
        "aws_vpc_block_public_access_exclusion.main", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...,
        internet_gateway_exclusion_mode="allow-egress",
    )  # fmt: skip
    made = load([plan.write(tmp_path)])
    assert mode(made, "aws_vpc.main") == "off"
    assert exclusions(made) == {"aws_vpc_block_public_access_exclusion.main": ("aws_vpc.main", None, "allow-egress")}


def test_a_described_account(tmp_path):
    arn = "arn:aws:ec2:us-east-1:111111111111:"
    described = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}]},
        "options": {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": "111111111111", "AwsRegion": "us-east-1", "State": "update-complete",
                "InternetGatewayBlockMode": "block-bidirectional",
            }
        },
        "exclusions": {
            "VpcBlockPublicAccessExclusions": [
                {"ExclusionId": f"vpcbpa-exclude-{number}", "State": state, "ResourceArn": arn + place, "InternetGatewayExclusionMode": "allow-egress"}
                for number, (state, place) in enumerate((
                    ("create-complete", "vpc/vpc-1"), ("update-complete", "subnet/subnet-1"), ("delete-complete", "vpc/vpc-1"),
                ))
            ]
        },
    }  # fmt: skip
    for name, answer in described.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    made = load([tmp_path])
    assert mode(made, "vpc-1") == "block-bidirectional"
    assert exclusions(made) == {
        "vpcbpa-exclude-0": ("vpc-1", None, "allow-egress"),
        "vpcbpa-exclude-1": (None, "subnet-1", "allow-egress"),
    }


def test_an_account_whose_vpcs_and_subnets_say_it(tmp_path):
    def states(mode):
        return {"BlockPublicAccessStates": {"InternetGatewayBlockMode": mode}}

    vpcs = [
        {"VpcId": f"vpc-{n}", "CidrBlock": f"10.{n}.0.0/16", "OwnerId": "111111111111", **states(mode)}
        for n, mode in enumerate(("block-ingress", "off"))
    ]
    subnets = [
        {"SubnetId": f"subnet-{n}", "VpcId": vpc_id, "CidrBlock": block, "AvailabilityZone": "us-east-1a", **states(mode)}
        for n, (vpc_id, block, mode) in enumerate((
            ("vpc-0", "10.0.1.0/24", "block-ingress"), ("vpc-0", "10.0.2.0/24", "off"), ("vpc-1", "10.1.1.0/24", "off"),
        ))
    ]  # fmt: skip
    (tmp_path / "vpcs.json").write_text(json.dumps({"Vpcs": vpcs}))
    (tmp_path / "subnets.json").write_text(json.dumps({"Subnets": subnets}))
    made = load([tmp_path])
    assert mode(made, "vpc-0") == "block-ingress"
    open_to_all = "allow-bidirectional"
    assert {*exclusions(made).values()} == {("vpc-1", None, open_to_all), (None, "subnet-1", open_to_all)}


HERE, THERE = "111111111111", "222222222222"


def account(folder, vpc, *, subnet="", owner=HERE, mode="", excluded=None):
    """An account whose VPC and its subnet have these states, with the account's own mode and its exclusions if they are described."""
    states = [{"BlockPublicAccessStates": {"InternetGatewayBlockMode": one}} if one else {} for one in (vpc, subnet)]
    answers = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": owner, **states[0]}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a", **states[1]}],
        "VpcBlockPublicAccessOptions": mode and {"AwsAccountId": HERE, "AwsRegion": "us-east-1", "InternetGatewayBlockMode": mode},
        "VpcBlockPublicAccessExclusions": excluded,
    }  # fmt: skip
    (folder / "us-east-1").mkdir()
    for key, answer in answers.items():
        if answer not in ("", None):
            (folder / "us-east-1" / f"{key}.json").write_text(json.dumps({key: answer}))
    return load([folder])


def test_exclusions_that_were_not_described_are_those_of_the_states(tmp_path):
    made = account(tmp_path, "block-bidirectional", subnet="block-ingress", mode="block-bidirectional")
    assert mode(made, "vpc-1") == "block-bidirectional"
    assert {*exclusions(made).values()} == {(None, "subnet-1", "allow-egress")}


@pytest.mark.parametrize("vpc", ["", "off"])
def test_a_vpc_may_be_excluded_where_neither_exclusions_nor_states_were_described(tmp_path, vpc):
    made = account(tmp_path, vpc, mode="block-ingress")
    ((_, _, excluding),) = exclusions(made).values()
    assert excluding == "allow-bidirectional" if vpc else isinstance(excluding, Unknown)


@pytest.mark.parametrize(("own", "owners"), [("off", "block-ingress"), ("block-bidirectional", "off")])
def test_a_shared_vpc_has_the_mode_of_its_owner(tmp_path, own, owners):
    made = account(tmp_path, owners, subnet=owners, owner=THERE, mode=own, excluded=[])
    assert (mode(made, "vpc-1") or "off") == owners
    assert not exclusions(made)
