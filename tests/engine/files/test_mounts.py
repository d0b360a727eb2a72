"""Folders of file systems behind access points."""

import pytest

from netful.engine.files.mounts import Folder, folder_of

POINT = """
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
    ],
)
def test_the_folder_behind_an_access_point(cloud_of, more, folder):
    cloud = cloud_of(POINT % more)
    arn = f"arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/{cloud.aws_id('Point')}"
    assert [folder_of(cloud, name) for name in ("Point", cloud.aws_id("Point"), arn)] == [folder] * 3


def test_what_is_not_an_access_point_has_no_folder(cloud_of):
    cloud = cloud_of(POINT % "")
    assert [folder_of(cloud, name) for name in ("Files", "fsap-0123")] == [None, None]
