"""Subnets of a VPC that was not loaded."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

TEMPLATE = """\
Parameters: {Vpc: {Type: String}}
Resources:
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: VPC, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: VPC, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(("vpc", "missing"), [("!Ref Vpc", "Vpc"), ("vpc-0a1b2c3d", "VPC vpc-0a1b2c3d")])
def test_the_vpc_is_missing_and_not_the_subnet(tmp_path, vpc, missing):
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace(": VPC,", f": {vpc},").replace(": VPC}", f": {vpc}}}"))
    cloud = load([tmp_path / "template.yaml"])
    path = trace(cloud, parse(cloud, "App", "internet:tcp/443"))
    assert (path.verdict, path.missing) == ("unknown", (missing,))
    inward = trace(cloud, parse(cloud, "internet", "App:tcp/443"))
    assert (inward.verdict, inward.missing[0]) == ("unknown", "the VPC of App")
