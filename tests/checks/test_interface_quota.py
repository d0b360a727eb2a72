"""Interfaces of functions near the quota of a VPC."""

import pytest

from netful.checks.registry import rule_named
from netful.checks.rules.rule import Severity
from tests.helpers.facts import facts_of

NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20}}
"""
FUNCTION = """\
  Sg{n}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupEgress: [{{IpProtocol: tcp, FromPort: {n}, ToPort: {n}, CidrIp: 0.0.0.0/0}}]}}}}
  Fn{n}:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/fn
      Code: {{ZipFile: "def handler(event, context): return 1"}}
      VpcConfig: {{SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Sg{n}]}}
"""


@pytest.mark.parametrize(("functions", "found"), [(199, []), (200, [("Vpc", Severity.HIGH)])])
def test_the_quota_of_a_vpc(functions, found, tmp_path):
    facts = facts_of(tmp_path, NETWORK + "".join(FUNCTION.format(n=n) for n in range(1, functions + 1)))
    assert [(one.resource, one.severity) for one in rule_named("NF105").findings(facts)] == found
