"""The kustomization of a pull request: what it makes is valid for Kubernetes, and its pod's commands run a stack."""

import contextlib
import os
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.programs
FOLDER = ROOT / "kubernetes"
VERSIONS = ["1.33", kubernetes_validate.latest_version()]  # from the first with user namespaces without a feature gate
PRIVILEGED = {"components": ["../privileged"]}


def built(folder):
    """The resources that kustomize makes of a folder."""
    program = shutil.which("kustomize")
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no kustomize on this machine")
    done = subprocess.run([program, "build", folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {one["kind"]: one for one in yaml.safe_load_all(done.stdout)}


@pytest.fixture
def pull_request(tmp_path):
    """The kustomization of a pull request as a repository has it, with changes that the test chooses."""
    shutil.copytree(FOLDER, tmp_path / "kubernetes")

    def made(**changes):
        file = tmp_path / "kubernetes/pull-request/kustomization.yaml"
        file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | changes))
        return built(file.parent)

    return made


def pod(resources):
    return resources["Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("changes", [{}, PRIVILEGED], ids=["ordinary", "privileged"])
def test_every_resource_is_as_the_schema_of_kubernetes(pull_request, changes, version):
    for resource in pull_request(**changes).values():
        kubernetes_validate.validate(resource, version, strict=True)


def test_two_pull_requests_share_nothing(pull_request):
    one = pull_request()
    label = [{"pairs": {"pull-request": "7"}, "includeSelectors": True, "includeTemplates": True}]
    other = pull_request(nameSuffix="-pr-7", labels=label)
    for kind, resource in one.items():
        assert resource["metadata"]["name"] != other[kind]["metadata"]["name"]
    chosen = other["Deployment"]["spec"]["selector"]["matchLabels"]
    assert chosen == other["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]
    assert chosen.items() <= other["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    assert not chosen.items() <= one["Deployment"]["spec"]["template"]["metadata"]["labels"].items()


def test_rights_are_those_of_an_ordinary_user_or_all(pull_request):
    ordinary = pod(pull_request())
    assert ordinary["hostUsers"] is False
    assert "privileged" not in ordinary["containers"][0]["securityContext"]
    privileged = pod(pull_request(**PRIVILEGED))
    assert "hostUsers" not in privileged
    assert privileged["containers"][0]["securityContext"] == {"privileged": True}


@pytest.mark.packets
def test_the_commands_of_the_pod_run_a_stack_until_it_ends(pull_request, tmp_path):
    (container,) = pod(pull_request())["containers"]
    folder = tmp_path / "app"
    folder.mkdir()
    shutil.copy(EXAMPLES / "ssm-demo/endpoint.yaml", folder / "template.yaml")
    shutil.copytree(EXAMPLES / "ssm-demo/read_parameter", folder / "read_parameter")
    stack = Stack(tmp_path / "state", folder / "template.yaml")
    words = [*container["args"][:-1], "0"]  # not the pod's own port, which another test may hold
    program, *probe = container["startupProbe"]["exec"]["command"]
    assert (program, words[-2]) == ("netful", "--port")
    with contextlib.ExitStack() as ending:
        process = subprocess.Popen(
            [stack.command, *words], env=stack.env | {one["name"]: one["value"] for one in container["env"]}, cwd=folder,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        ending.callback(process.wait, 60)
        ending.callback(process.terminate)
        wait_until(lambda: stack.netful(*probe).returncode == 0 or process.poll() is not None)
        assert stack.json("invoke", "ReadParameter", "--stack", "preview")["status_code"] == 200
    assert stack.netful(*probe).returncode == 1


def test_the_script_sets_number_and_image_and_waits(tmp_path):
    built(FOLDER / "pull-request")  # skips without kustomize
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    (tmp_path / "kubectl").write_text('#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\n')
    (tmp_path / "kubectl").chmod(0o755)
    script, calls = tmp_path / "kubernetes/pull-request/preview", tmp_path / "calls"
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)}
    for words in (["up", "7", "registry.example.com/orders:abc"], ["down", "7"]):
        subprocess.run([script, *words], env=env, check=True)
    resources = built(script.parent)
    assert {one["metadata"]["name"] for one in resources.values()} == {"netful-pr-7"}
    assert pod(resources)["containers"][0]["image"] == "registry.example.com/orders:abc"
    assert [line.split()[-1] for line in calls.read_text().splitlines()] == [".", "5m", "pull-request=7"]
    assert subprocess.run([script, "up", "../8", "x"], env=env, check=False, capture_output=True).returncode == 2
