"""Folders of file systems behind access points."""

import re

import pytest

from netful.engine.files.mounts import Folder, file_system_of, folder_of

POINT = """
Parameters: {Missing: {Type: String}}
Resources:
  Files: {Type: AWS::EFS::FileSystem}
  Point: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files%s}}
"""


@pytest.mark.parametrize(
    ("more", "folder"),
    [
        ("", Folder("Files")),
        (', RootDirectory: {Path: "/"}', Folder("Files")),
        (', RootDirectory: {Path: "/a/b"}', Folder("Files", "a/b")),
        (', PosixUser: {Uid: "7", Gid: "8"}', Folder("Files", user=(7, 8))),
        (', PosixUser: {Uid: "7"}', Folder("Files")),
        (
            ', RootDirectory: {Path: /a, CreationInfo: {OwnerUid: "1", OwnerGid: "2", Permissions: "0750"}}',
            Folder("Files", "a", owner=(1, 2), mode=0o750),
        ),
        (', RootDirectory: {CreationInfo: {OwnerUid: "1", OwnerGid: "2"}}', Folder("Files", owner=(1, 2))),
        (
            ', RootDirectory: {CreationInfo: {OwnerUid: "1", OwnerGid: "2", Permissions: !Ref Missing}}',
            Folder("Files", owner=(1, 2)),
        ),
    ],
)
def test_the_folder_behind_an_access_point(cloud_of, more, folder):
    cloud = cloud_of(POINT % more)
    arn = f"arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/{cloud.aws_id('Point')}"
    assert [folder_of(cloud, name) for name in ("Point", cloud.aws_id("Point"), arn)] == [folder] * 3


def test_what_is_not_an_access_point_has_no_folder(cloud_of):
    cloud = cloud_of(POINT % "")
    assert [folder_of(cloud, name) for name in ("Files", "fsap-0123")] == [None, None]


S3_FILES = """
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Files: {Type: AWS::S3Files::FileSystem, Properties: {Bucket: !GetAtt Bucket.Arn}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Mount: {Type: AWS::S3Files::MountTarget, Properties: {FileSystemId: !GetAtt Files.FileSystemArn, SubnetId: !Ref Subnet}}
  Point: {Type: AWS::S3Files::AccessPoint, Properties: {FileSystemId: !Ref Files, RootDirectory: {Path: /app}}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      FileSystemConfigs: [{Arn: !GetAtt Point.AccessPointArn, LocalMountPath: /mnt/s3}]
"""


def test_access_points_of_s3_files_by_the_arn_that_a_template_gives(cloud_of):
    cloud = cloud_of(S3_FILES)
    arn = cloud.template.resources["Fn"].properties["FileSystemConfigs"][0]["Arn"]
    assert re.fullmatch(
        r"arn:aws:s3files:[\w-]+:\d{12}:file-system/fs-[0-9a-f]{17}/access-point/fsap-[0-9a-f]{17}", arn
    )
    found = folder_of(cloud, arn)
    assert (found.file_system_id, found.path, found.kind) == ("Files", "app", "S3Files")
    assert file_system_of(cloud, "Mount") == "Files"
