"""Launch templates of stacks and by calls: their versions, and the instances that they launch."""

import pytest

from netful.account.ec2.api import Ec2Api
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
def cloud(cloud_of):
    return cloud_of(TEMPLATE)


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


DATA = {"ImageId": "ami-00000000000000001", "InstanceType": "t3.large"}


@pytest.fixture
def made(ec2):
    """A launch template of calls with two versions."""
    asked = {"ResourceType": "launch-template", "Tags": [{"Key": "team", "Value": "net"}]}
    one = ec2("CreateLaunchTemplate", LaunchTemplateName="web", LaunchTemplateData=DATA, TagSpecifications=[asked])
    id_ = one["LaunchTemplate"]["LaunchTemplateId"]
    more = {"InstanceType": "t3.micro"}
    ec2("CreateLaunchTemplateVersion", LaunchTemplateId=id_, SourceVersion="1", LaunchTemplateData=more)
    return id_


def test_a_launch_template_has_versions(ec2, made):
    (one,) = ec2("DescribeLaunchTemplates", LaunchTemplateNames=["web"])["LaunchTemplates"]
    assert (one["LaunchTemplateId"], one["DefaultVersionNumber"], one["LatestVersionNumber"]) == (made, 1, 2)
    assert one["Tags"] == [{"Key": "team", "Value": "net"}]
    listed = ec2("DescribeLaunchTemplateVersions", LaunchTemplateId=made)["LaunchTemplateVersions"]
    assert [(each["VersionNumber"], each["DefaultVersion"]) for each in listed] == [(2, False), (1, True)]
    assert listed[0]["LaunchTemplateData"] == {"ImageId": "ami-00000000000000001", "InstanceType": "t3.micro"}
    (latest,) = ec2("DescribeLaunchTemplateVersions", LaunchTemplateName="web", Versions=["$Latest"])[
        "LaunchTemplateVersions"
    ]
    assert latest["VersionNumber"] == 2


@pytest.mark.parametrize(("version", "kind"), [({}, "t3.large"), ({"Version": "2"}, "t3.micro"), ({"Version": "$Latest"}, "t3.micro")])  # fmt: skip
def test_an_instance_has_the_settings_of_the_version(ec2, cloud, made, version, kind):
    assert run(ec2, {"LaunchTemplateId": made, **version}, SubnetId=cloud.aws_id("Subnet"))["InstanceType"] == kind


def test_another_version_becomes_the_default_one(ec2, cloud, made):
    changed = ec2("ModifyLaunchTemplate", LaunchTemplateId=made, DefaultVersion="2")["LaunchTemplate"]
    assert changed["DefaultVersionNumber"] == 2
    assert run(ec2, {"LaunchTemplateName": "web"}, SubnetId=cloud.aws_id("Subnet"))["InstanceType"] == "t3.micro"
    gone = ec2("DeleteLaunchTemplateVersions", LaunchTemplateId=made, Versions=["1", "2", "7"])
    assert [one["VersionNumber"] for one in gone["SuccessfullyDeletedLaunchTemplateVersions"]] == [1]
    assert [one["VersionNumber"] for one in gone["UnsuccessfullyDeletedLaunchTemplateVersions"]] == [2, 7]
    ec2("DeleteLaunchTemplate", LaunchTemplateName="web")
    assert ec2("DescribeLaunchTemplates", LaunchTemplateIds=[made]) == "InvalidLaunchTemplateId.NotFound"


def test_launch_templates_that_are_refused(ec2, made):
    again = ec2("CreateLaunchTemplate", LaunchTemplateName="web", LaunchTemplateData=DATA)
    assert again == "InvalidLaunchTemplateName.AlreadyExistsException"
    missing = ec2("DescribeLaunchTemplateVersions", LaunchTemplateId=made, Versions=["9"])
    assert missing == "InvalidLaunchTemplateId.VersionNotFound"
    assert ec2("DeleteLaunchTemplate", LaunchTemplateName="none") == "InvalidLaunchTemplateName.NotFoundException"


def test_the_launch_template_of_a_stack_has_one_version(ec2, cloud):
    (one,) = ec2("DescribeLaunchTemplateVersions", LaunchTemplateId=cloud.aws_id("Placed"))["LaunchTemplateVersions"]
    assert (one["VersionNumber"], one["DefaultVersion"]) == (1, True)
    (part,) = one["LaunchTemplateData"]["NetworkInterfaces"]
    assert (part["SubnetId"], part["Groups"]) == (cloud.aws_id("Subnet"), [cloud.aws_id("Web")])


FLEET = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  One: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Two: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 1
      VPCZoneIdentifier: [!Ref Subnet]
      LaunchTemplate: {LaunchTemplateName: web, Version: $Latest}
"""


def test_a_fleet_has_the_groups_of_its_version(cloud_of):
    running = Running(cloud_of(FLEET))
    ec2 = Client("ec2", Ec2Api(running, ()).handle)

    def groups():
        (eni,) = running.cloud.network.interfaces_of("Fleet")
        return eni.security_group_ids

    one, two = ({"SecurityGroupIds": [running.cloud.aws_id(name)]} for name in ("One", "Two"))
    ec2("CreateLaunchTemplate", LaunchTemplateName="web", LaunchTemplateData=one)
    assert groups() == ("One",)
    ec2("CreateLaunchTemplateVersion", LaunchTemplateName="web", LaunchTemplateData=two)
    assert groups() == ("Two",)
