"""File systems as destinations: a client mounts through the mount target of its own zone."""

import re

import pytest

from netful.checks.facts.destinations import destinations_in_use
from netful.checks.registry import rule_named
from netful.engine.failures.resilience import resilience
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.facts import facts_of

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  FnSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc,
    SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 2049, ToPort: 2049, SourceSecurityGroupId: !Ref FnSg}]}}
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
  Files: {Type: AWS::EFS::FileSystem}
  InA: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A, SecurityGroups: [!Ref Open]}}
  InB: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref B, SecurityGroups: [!Ref GROUP_OF_B]}}
  Point: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: pass}
      VpcConfig: {SubnetIds: [SUBNETS], SecurityGroupIds: [!Ref FnSg]}
      FileSystemConfigs: [{Arn: !GetAtt Point.Arn, LocalMountPath: /mnt/files}]
"""


def facts(folder, subnets="!Ref A, !Ref B", group_of_b="Open"):
    return facts_of(folder, TEMPLATE.replace("SUBNETS", subnets).replace("GROUP_OF_B", group_of_b))


def test_no_zone_alone_ends_the_way_to_a_file_system_with_a_mount_target_in_each(tmp_path):
    found = resilience(facts(tmp_path).cloud, (["Fn"], ["Files"]))
    assert [(flow.destination, flow.losses) for flow in found.flows] == [("Files", ())]


@pytest.mark.parametrize(
    ("subnets", "verdict"), [("!Ref A", "reachable"), ("!Ref B", "blocked"), ("!Ref A, !Ref B", "blocked")]
)
def test_the_mount_target_of_another_zone_does_not_count(tmp_path, subnets, verdict):
    cloud = facts(tmp_path, subnets, "Closed").cloud
    assert trace(cloud, parse(cloud, "Fn", "Files")).verdict == verdict


def test_a_file_system_is_one_destination(tmp_path):
    assert destinations_in_use(facts(tmp_path)) == ("Files", "internet")


@pytest.mark.parametrize(("subnets", "named"), [("!Ref A", False), ("!Ref A, !Ref B", True)])
def test_a_zone_without_a_mount_target_is_named(tmp_path, subnets, named):
    moved = TEMPLATE.replace("SubnetId: !Ref B, SecurityGroups: [!Ref GROUP_OF_B]", "SubnetId: !Ref A")
    cloud = facts_of(tmp_path, moved.replace("SUBNETS", subnets)).cloud
    found = trace(cloud, parse(cloud, "Fn", "Files"))
    assert any("us-east-1b" in one for one in found.assumptions) is named


@pytest.mark.parametrize(
    ("zone", "problems", "assumed"),
    [
        (", AvailabilityZone: us-east-1b", ["Fn"], 0),
        (", AvailabilityZone: us-east-1a", [], 0),
        (", AvailabilityZoneId: use1-az6", [], 1),
        (", AvailabilityZone: !Ref Zone", [], 1),
        ("", [], 1),
    ],
)
def test_a_zone_that_cannot_be_compared_may_have_the_mount_target(tmp_path, zone, problems, assumed):
    text = re.sub(r"(?m)^  InA:.*\n", "", TEMPLATE).replace("SUBNETS", "!Ref A").replace("GROUP_OF_B", "Open")
    found = facts_of(
        tmp_path, "Parameters: {Zone: {Type: String}}" + text.replace(", AvailabilityZone: us-east-1b", zone)
    )
    assert [one.resource for one in rule_named("NF732").find(found)] == problems
    path = trace(found.cloud, parse(found.cloud, "Fn", "Files"))
    assert path.verdict == "reachable"
    assert path.assumptions.count("`Files` has a mount target in the zone of A") == assumed
