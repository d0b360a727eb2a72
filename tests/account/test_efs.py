"""EFS's API: file systems, mount targets with interfaces in the network, access points."""

import re

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.efs.api import EfsApi
from tests.helpers.account_client import Client, Running


class Account:
    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.efs = Client("efs", EfsApi(self.running).handle)
        self.vpc = self.ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet, self.other = (self.place(number, zone) for number, zone in ((1, "a"), (2, "b")))
        self.group = self.ec2("CreateSecurityGroup", GroupName="nfs", Description="d", VpcId=self.vpc)["GroupId"]
        tags = [{"Key": "Name", "Value": "files"}]
        self.system = self.efs("CreateFileSystem", CreationToken="t", Encrypted=True, Tags=tags)["FileSystemId"]

    def place(self, number, zone):
        asked = {"VpcId": self.vpc, "CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": f"eu-west-1{zone}"}
        return self.ec2("CreateSubnet", **asked)["Subnet"]["SubnetId"]

    def target(self, **more):
        asked = {"FileSystemId": self.system, "SubnetId": self.subnet, "SecurityGroups": [self.group]}
        return self.efs("CreateMountTarget", **asked | more)


@pytest.fixture
def account():
    return Account()


def test_a_mount_target_has_an_interface(account):
    made = account.target()
    assert re.fullmatch("fsmt-[0-9a-f]{17}", made["MountTargetId"])
    assert (made["LifeCycleState"], made["VpcId"]) == ("available", account.vpc)
    (eni,) = account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"]
    assert (eni["NetworkInterfaceId"], eni["PrivateIpAddress"]) == (made["NetworkInterfaceId"], made["IpAddress"])
    assert [one["GroupId"] for one in eni["Groups"]] == [account.group]
    assert account.target() == "MountTargetConflict"
    account.target(SubnetId=account.other)
    listed = account.efs("DescribeMountTargets", FileSystemId=account.system, MaxItems=1)
    assert (len(listed["MountTargets"]), listed["NextMarker"]) == (1, "1")
    assert account.efs("DeleteFileSystem", FileSystemId=account.system) == "FileSystemInUse"
    for one in account.efs("DescribeMountTargets", FileSystemId=account.system)["MountTargets"]:
        account.efs("DeleteMountTarget", MountTargetId=one["MountTargetId"])
    assert account.ec2("DescribeNetworkInterfaces")["NetworkInterfaces"] == []
    account.efs("DeleteFileSystem", FileSystemId=account.system)
    assert account.efs("DescribeFileSystems", FileSystemId=account.system) == "FileSystemNotFound"


def test_groups_of_a_mount_target_change(account):
    target = account.target()["MountTargetId"]
    more = account.ec2("CreateSecurityGroup", GroupName="more", Description="d", VpcId=account.vpc)["GroupId"]
    account.efs("ModifyMountTargetSecurityGroups", MountTargetId=target, SecurityGroups=[more])
    found = account.efs("DescribeMountTargetSecurityGroups", MountTargetId=target)["SecurityGroups"]
    assert found == [more]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SubnetId": "subnet-0123456789abcdef0"}, "SubnetNotFound"),
        ({"FileSystemId": "fs-0123456789abcdef0"}, "FileSystemNotFound"),
        ({"SecurityGroups": ["sg-0123456789abcdef0"]}, "SecurityGroupNotFound"),
    ],
)
def test_mount_targets_that_are_refused(account, more, code):
    assert account.target(**more) == code


def test_a_file_system_has_settings(account):
    system = {"FileSystemId": account.system}
    (one,) = account.efs("DescribeFileSystems", CreationToken="t")["FileSystems"]
    assert (one["FileSystemId"], one["Name"], one["Encrypted"]) == (account.system, "files", True)
    assert account.efs("CreateFileSystem", CreationToken="t") == "FileSystemAlreadyExists"
    policies = [{"TransitionToIA": "AFTER_30_DAYS"}]
    account.efs("PutLifecycleConfiguration", LifecyclePolicies=policies, **system)
    assert account.efs("DescribeLifecycleConfiguration", **system)["LifecyclePolicies"] == policies
    account.efs("PutBackupPolicy", BackupPolicy={"Status": "ENABLED"}, **system)
    assert account.efs("DescribeBackupPolicy", **system)["BackupPolicy"] == {"Status": "ENABLED"}
    assert account.efs("DescribeFileSystemPolicy", **system) == "PolicyNotFound"
    account.efs("PutFileSystemPolicy", Policy='{"Statement": []}', **system)
    assert account.efs("DescribeFileSystemPolicy", **system)["Policy"] == '{"Statement": []}'


def test_access_points_and_tags(account):
    user = {"Uid": 1, "Gid": 1}
    asked = {"FileSystemId": account.system, "ClientToken": "c", "PosixUser": user}
    made = account.efs("CreateAccessPoint", **asked)
    assert account.efs("CreateAccessPoint", **asked)["AccessPointId"] == made["AccessPointId"]
    (one,) = account.efs("DescribeAccessPoints", FileSystemId=account.system)["AccessPoints"]
    assert (one["PosixUser"], one["RootDirectory"]) == (user, {"Path": "/"})
    for id_ in (account.system, made["AccessPointId"]):
        account.efs("TagResource", ResourceId=id_, Tags=[{"Key": "a", "Value": "1"}])
        account.efs("UntagResource", ResourceId=id_, TagKeys=["Name"])
        assert account.efs("ListTagsForResource", ResourceId=id_)["Tags"] == [{"Key": "a", "Value": "1"}]
    account.efs("CreateTags", FileSystemId=account.system, Tags=[{"Key": "b", "Value": "2"}])
    account.efs("DeleteTags", FileSystemId=account.system, TagKeys=["a"])
    assert account.efs("DescribeTags", FileSystemId=account.system)["Tags"] == [{"Key": "b", "Value": "2"}]
    account.efs("DeleteAccessPoint", AccessPointId=made["AccessPointId"])
    assert account.efs("DescribeAccessPoints", AccessPointId=made["AccessPointId"]) == "AccessPointNotFound"
