"""A file system that functions and tasks share, through mount targets whose groups admit them."""

import shutil

import pytest
from botocore.exceptions import ClientError

from tests.helpers.images import PYTHON, TestImage, python_layer, tar
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.programs]

APP = """
import os, signal, time
with open("/data/from-task", "w") as file:
    file.write("task")
while not os.path.exists("/data/from-function"):
    time.sleep(0.01)  # a container has no notice of another's files
print("read", open("/data/from-function").read(), os.getuid(), flush=True)
signal.pause()
"""


@pytest.fixture
def stack(tmp_path, who, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(TEMPLATES / "files.yaml", folder / "template.yaml")
    made = TestImage([python_layer(), tar({"app/main.py": APP})], {"Cmd": [PYTHON, "/app/main.py"]})
    made.docker_archive(folder / "app.tar")
    (folder / "netful.toml").write_text('[images."app:1"]\narchive = "app.tar"\n')
    made = Stack(tmp_path / "state", folder / "template.yaml", prefix=who)
    yield made
    made.down()


def test_files_are_shared_behind_the_groups_of_mount_targets(stack, tmp_path):
    stack.up("--state", str(tmp_path / "kept"))
    wait_until(lambda: "from-task" in (stack.invoke("Writer")["payload"] or {}))
    written = stack.invoke("Writer", '{"write": "from-function", "text": "function"}')["payload"]
    assert written == {"from-function": "function", "from-task": "task"}
    wait_until(lambda: "read function 1000" in stack.netful("logs", "Task", "--stack", "s").stdout)

    client = stack.client("lambda")
    with pytest.raises(ClientError) as refused:
        client.invoke(FunctionName="Stranger")
    assert refused.value.response["Error"]["Code"] == "EFSMountConnectivityException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 408
    for name in ("Elsewhere", "Outside"):  # no mount target is in its zone; it has no interface in the VPC
        with pytest.raises(ClientError) as refused:
            client.invoke(FunctionName=name)
        assert refused.value.response["Error"]["Code"] == "EFSMountFailureException"

    for source, verdict in (("Writer", "reachable"), ("Stranger", "blocked"), ("Refused", "blocked")):
        assert stack.trace(source, "Files")["verdict"] == verdict
    hosts = {one["resource"]: one for one in stack.json("status", "--stack", "s")["hosts"]}
    assert hosts["Task"]["state"] == "running"
    assert "EFS volumes" in hosts["Refused"]["why"]

    stack.down()
    stack.up("--state", str(tmp_path / "kept"))
    assert stack.invoke("Writer")["payload"]["from-function"] == "function"
