"""File systems of functions: shared folders with the access point's user, and what cannot be mounted."""

import json
import os
from dataclasses import replace

import pytest

from netful.functions.inside import privileges
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import Resource, Unknown
from netful.model.functions.file_mount import FileMount
from tests.helpers.lambda_bench import function_of
from tests.helpers.lambda_client import Client

pytestmark = pytest.mark.packets

ROOT = {"Path": "/shop/data", "CreationInfo": {"OwnerUid": "1001", "OwnerGid": "1002", "Permissions": "0750"}}
POINT = {"FileSystemId": "Files", "PosixUser": {"Uid": "1001", "Gid": "1002"}, "RootDirectory": ROOT}
SOURCE = """
import os
def tried(action):
    try:
        return action() and "done"
    except OSError as refused:
        return type(refused).__name__
def handler(event, context):
    return eval(event)
"""


def resources(**points):
    every = {"Files": Resource("Files", "AWS::EFS::FileSystem")}
    return every | {id_: Resource(id_, "AWS::EFS::AccessPoint", written) for id_, written in points.items()}


def mounting(point="Point", path="/mnt/data"):
    """A function in subnets that are not known, so there is no mount target to connect to."""
    function = replace(function_of(SOURCE), subnet_ids=Unknown("not known"))
    return replace(function, file_mounts=(FileMount(point, path),), timeout=60)


def run(bench, function, *events, **options):
    async def body(service):
        answers = [await service.invoke("Fn", json.dumps(event).encode()) for event in events]
        return [json.loads(answer.payload) for answer in answers]

    return bench.run(function, body, **options)


def test_a_function_writes_files_of_the_access_points_user(bench):
    function = mounting()
    events = (
        "tried(lambda: open('/mnt/data/file', 'w').write('kept'))",
        "[os.stat('/mnt/data/file').st_uid == os.getuid(), os.listdir('/mnt')]",
        "[tried(lambda: open('/mnt/other', 'w')), tried(lambda: os.mkdir('/mnt/new'))]",
        "[tried(lambda: os.symlink('/', '/mnt/data/link') or True), tried(lambda: os.mkfifo('/mnt/data/pipe') or True)]",
    )
    written, seen, beside, special = run(bench, function, *events, resources=resources(Point=POINT))
    assert (written, seen) == ("done", [True, ["data"]])
    assert beside == ["OSError", "OSError"]
    assert special == ["done", "done"]
    folder = bench.state / "files/Files/shop/data"
    assert (folder / "file").read_text() == "kept"
    if privileges.has_many_ids():
        assert [(path.lstat().st_uid, path.lstat().st_gid) for path in (folder, folder / "file")] == [(1001, 1002)] * 2
        assert folder.stat().st_mode & 0o777 == 0o750


def test_a_call_gives_a_function_its_first_file_system(bench):
    point = "fsap-0123456789abcdef0"
    arn = f"arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/{point}"
    asked = {"FileSystemConfigs": [{"Arn": arn, "LocalMountPath": "/mnt/data"}]}

    async def body(service):
        without = await service.invoke("Fn", b"\"os.listdir('/mnt')\"")
        told = await Client(service)("PUT", "/2015-03-31/functions/Fn/configuration", asked)
        with_it = await service.invoke("Fn", json.dumps("tried(lambda: open('/mnt/data/a', 'w').write('1'))").encode())
        return json.loads(without.payload), told["FileSystemConfigs"], json.loads(with_it.payload)

    bare = replace(mounting(), file_mounts=())
    found = bench.run(bare, body, resources=resources(**{point: POINT}))
    assert found == ([], asked["FileSystemConfigs"], "done")


def test_files_stay_and_are_shared_between_environments(bench):
    function = mounting()

    async def body(service):
        await service.invoke("Fn", json.dumps("open('/mnt/data/a', 'w').write('1')").encode())
        cold = await service.invoke("Fn", json.dumps("open('/mnt/data/a').read()").encode(), cold=True)
        return json.loads(cold.payload)

    assert bench.run(function, body, resources=resources(Point=POINT)) == "1"
    again = run(bench, function, "open('/mnt/data/a').read()", resources=resources(Point=POINT))
    assert again == ["1"]


def test_another_access_point_is_another_user(bench):
    other = {**POINT, "PosixUser": {"Uid": "2001", "Gid": "2002"}}
    points = resources(Point=POINT, Other=other)
    run(bench, mounting(), "open('/mnt/data/a', 'w').write('1')", resources=points)
    # an ordinary user has one id, so every access point is the same user
    listed = "PermissionError" if privileges.has_many_ids() else "done"
    assert run(bench, mounting("Other"), "tried(lambda: os.listdir('/mnt/data'))", resources=points) == [listed]


@pytest.mark.parametrize(
    "point",
    [{**POINT, "RootDirectory": {"Path": "/never/made"}}, {**POINT, "RootDirectory": {**ROOT, "Path": "/link/below"}}],
    ids=["a folder that is not there", "a link that a client has made"],
)
def test_a_folder_that_cannot_be_mounted(bench, point):
    (bench.state / "files/Files").mkdir(parents=True)
    (bench.state / "files/Files/link").symlink_to("/etc")
    with pytest.raises(InvokeRefused) as refused:
        run(bench, mounting(), "1", resources=resources(Point=point))
    assert (refused.value.status, refused.value.code) == (403, "EFSMountFailureException")
    assert not os.path.lexists("/etc/below")


@pytest.mark.parametrize("point", ["Missing", Unknown("a parameter")])
def test_an_access_point_that_is_not_loaded(bench, point):
    with pytest.raises(InvokeRefused) as refused:
        run(bench, mounting(point), "1", resources=resources(Point=POINT))
    assert refused.value.code == "EFSMountFailureException"
