"""Instances that calls launch by a launch template of a stack."""

import pytest

from netful.account.ec2.api import Ec2Api
from netful.sources.load import load
from tests.helpers.account_client import Client, Running

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Plain:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: plain
      LaunchTemplateData: {ImageId: ami-00000000000000001, InstanceType: t3.large, SecurityGroupIds: [!Ref Web]}
  Placed:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-00000000000000001
        NetworkInterfaces: [{DeviceIndex: 0, SubnetId: !Ref Subnet, Groups: [!Ref Web], PrivateIpAddress: 10.0.1.50}]
        TagSpecifications: [{ResourceType: instance, Tags: [{Key: by, Value: template}]}]
"""


@pytest.fixture
def cloud(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return load([tmp_path])


@pytest.fixture
def ec2(cloud):
    return Client("ec2", Ec2Api(Running(cloud), ()).handle)


def run(ec2, template, **more):
    found = ec2("RunInstances", LaunchTemplate=template, MinCount=1, MaxCount=1, **more)
    return found if isinstance(found, str) else found["Instances"][0]


def test_what_a_request_leaves_out_is_the_templates(ec2, cloud):
    one = run(ec2, {"LaunchTemplateName": "plain"}, SubnetId=cloud.aws_id("Subnet"), InstanceType="t3.micro")
    assert (one["ImageId"], one["InstanceType"]) == ("ami-00000000000000001", "t3.micro")
    assert [group["GroupId"] for group in one["SecurityGroups"]] == [cloud.aws_id("Web")]


def test_interfaces_of_a_template_place_the_instance(ec2, cloud):
    one = run(ec2, {"LaunchTemplateId": cloud.aws_id("Placed"), "Version": "1"})
    assert (one["PrivateIpAddress"], one["SubnetId"]) == ("10.0.1.50", cloud.aws_id("Subnet"))
    assert one["Tags"] == [{"Key": "by", "Value": "template"}]
    other = run(ec2, {"LaunchTemplateId": cloud.aws_id("Placed")}, NetworkInterfaces=[{"DeviceIndex": 0, "PrivateIpAddress": "10.0.1.60"}])  # fmt: skip
    assert (other["PrivateIpAddress"], other["SubnetId"]) == ("10.0.1.60", cloud.aws_id("Subnet"))


def test_launches_that_are_refused(ec2, cloud):
    assert run(ec2, {"LaunchTemplateName": "none"}) == "InvalidLaunchTemplateName.NotFoundException"
    assert run(ec2, {"LaunchTemplateId": "lt-0123456789abcdef0"}) == "InvalidLaunchTemplateId.NotFound"
    placed = {"LaunchTemplateId": cloud.aws_id("Placed")}
    assert run(ec2, placed, SubnetId=cloud.aws_id("Subnet")) == "InvalidParameterCombination"
