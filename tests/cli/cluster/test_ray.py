"""`--on ray://`: a cluster of this machine, and a worker that ends. `make ray-test` installs Ray, which is large."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="needs `make ray`")

from ray.cluster_utils import Cluster

pytestmark = pytest.mark.programs

NETFUL = str(Path(sys.executable).with_name("netful"))
NUMBER = 60


@pytest.fixture(scope="module")
def cluster():
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    made.shutdown()


def checked(folder, address):
    return subprocess.Popen(
        [NETFUL, "check", "--on", "ray://", "-t", "*.yaml", "--format", "json"],
        stdout=subprocess.PIPE, text=True, cwd=folder, env=os.environ | {"RAY_ADDRESS": address},
    )  # fmt: skip


def worker():
    found = subprocess.run(["pgrep", "--full", "^ray::answers"], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_every_account_is_answered_though_a_worker_ends(tmp_path, cluster):
    for one in range(NUMBER):
        (tmp_path / f"{one}.yaml").write_text(
            "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}"
        )
    with checked(tmp_path, cluster.address) as process:
        while not worker():
            assert process.poll() is None
        for pid in worker():
            os.kill(int(pid), signal.SIGKILL)
        answers = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert {answer["template"] for answer in answers} == {f"{one}.yaml" for one in range(NUMBER)}
    assert all(answer["answer"] == {"findings": []} for answer in answers)


def test_no_cluster_is_a_clear_error(tmp_path):
    (tmp_path / "a.yaml").write_text("Resources: {}")
    done = subprocess.run(
        [NETFUL, "check", "--on", "ray://", "-t", "a.yaml"],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"RAY_ADDRESS": "127.0.0.1:1"}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "ray start --head" in done.stderr
