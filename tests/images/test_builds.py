"""Images that are built from a Dockerfile, by a tool on the PATH: here a script in its place."""

import json
import os
import shutil
from pathlib import Path

import pytest

from netful.images import builds, store
from netful.model.cloud import Cloud
from netful.model.core import ConsentError, Origin, StackError, UnbuiltError
from netful.model.functions.images import Build, Image
from netful.stack import consent
from netful.stack.control import wire
from tests.helpers.images import TestImage, tar

pytestmark = pytest.mark.programs

TOOL = """#!/bin/sh
for word; do printf '%s\\n' "$word"; done >> {log}
[ "$1" = build ] && exit {code}
for last; do :; done
cp {image} "${{last#oci-archive:}}"
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with a folder to build and, as its only tool, a `buildah` that ends with a code; return its calls."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NETFUL_YES")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("cp", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(programs))
    made = TestImage([tar({"a": "1"})], {"Cmd": ["/a"]}).docker_archive(tmp_path / "made.tar")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").write_text("FROM scratch")

    def install(code=0):
        (programs / "buildah").write_text(TOOL.format(log=tmp_path / "log", code=code, image=made))
        (programs / "buildah").chmod(0o755)
        return tmp_path / "log"

    return install


@pytest.fixture
def build(tmp_path):
    return Build(str(tmp_path / "app"), target="prod", arguments={"A": "1"})


def test_a_build_runs_once_until_a_file_changes(machine, build):
    log = machine()
    builds.run(build)
    words = log.read_text().splitlines()
    name = words[words.index("-t") + 1]
    assert [word for word in words if word not in {name, "-t"}] == [
        "build", "--layers", "--target", "prod", "--build-arg", "A=1", "-f", f"{build.context}/Dockerfile",
        build.context, "push", f"oci-archive:{_beside(build)}",
    ]  # fmt: skip
    assert store.unpacked(builds.archive_of(build))[0].command == ("/a",)
    builds.run(build)
    assert log.read_text().splitlines() == words
    Path(build.context, "more").write_text("changed")
    assert not builds.archive_of(build).exists()


def _beside(build):
    archive = builds.archive_of(build)
    return archive.with_name(f".{os.getpid()}.{archive.name}")


def test_a_build_that_fails_leaves_nothing(machine, build):
    machine(code=3)
    with pytest.raises(StackError) as refused:
        builds.run(build)
    assert "3" in refused.value.why
    assert [*builds.archive_of(build).parent.iterdir()] == []


@pytest.mark.usefixtures("machine")
def test_nothing_is_asked_without_a_tool(build):
    consent.require(Cloud.of(images={"Fn": Image("Fn", build=build, origin=Origin("netful.toml", 1))}))
    assert builds.tool() == ""
    assert builds.unbuilt([Image("Fn", build=build)]) == []


def test_a_build_needs_consent_for_its_dockerfile(machine, build, tmp_path):
    machine()
    cloud = Cloud.of(images={"Fn": Image("Fn", build=build, origin=Origin(str(tmp_path / "netful.toml"), 1))})
    with pytest.raises(ConsentError) as first:
        consent.require(cloud)
    consent.agree(first.value.digest)
    consent.require(cloud)
    Path(build.context, "Dockerfile").write_text("FROM scratch\nRUN curl evil")
    with pytest.raises(ConsentError):
        consent.require(cloud)


def test_the_command_line_builds_and_tries_again(machine, build):
    machine()
    asdict = {"context": build.context, "dockerfile": "Dockerfile", "target": "prod", "arguments": {"A": "1"}}
    error = json.loads(json.dumps(wire.from_error(UnbuiltError("images", builds=[asdict]))))["error"]

    def start():
        if not builds.archive_of(build).is_file():
            raise wire.to_error(error)
        return "up"

    assert consent.with_consent(start, lambda _: False) == "up"
