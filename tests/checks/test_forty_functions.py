"""Forty functions with six mistakes: each is one finding, and little else is reported."""

import pytest

from netful.checks.findings.causes import by_cause
from netful.checks.run import check
from netful.render.findings import findings_text
from tests.helpers.facts import facts_of
from tests.helpers.forty_functions import MISTAKES, template

_MOST_GROUPS = 12
_SCREEN = 50


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    facts = facts_of(tmp_path_factory.mktemp("shop"), template())
    assert len(facts.cloud.compute.functions) == 40
    return check(facts)


def test_a_mistake_is_one_group(findings):
    found = [group.id for group in by_cause(findings)]
    assert {rule: found.count(rule) for rule in MISTAKES.values()} == dict.fromkeys(MISTAKES.values(), 1)
    assert len(found) <= _MOST_GROUPS


def test_high_is_only_what_breaks_or_leaks(findings):
    assert {group.id for group in by_cause(findings) if group.severity.rank >= 3} == set(MISTAKES.values())


def test_the_report_fits_on_a_screen(findings):
    lines = findings_text(findings, width=140).splitlines()
    assert len(lines) <= _SCREEN
    assert max(len(line) for line in lines if line.startswith("  ")) <= 140
    assert all(name in findings_text(findings, verbose=True) for name in ("Office7", "Report7", "Mail7"))


BY_NAT = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Address: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}}
  Main: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  ByNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Main, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  ByGateway: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Main}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Out}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Role: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: [
    {Effect: Allow, Action: [sqs:SendMessage, sns:Publish], Resource: "*"}]}}]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}
"""


def test_all_findings_of_a_resource_without_a_common_cause_are_told(tmp_path):
    (group,) = by_cause(one for one in check(facts_of(tmp_path, BY_NAT)) if one.id == "NF201")
    assert group.subject == "Fn"
    assert all(f"reaches aws:{service}" in findings_text(group.findings, width=400) for service in ("sqs", "sns"))
