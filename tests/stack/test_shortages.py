"""What a stack needs and the machine has no more of is told with the way to more."""

import errno
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from netful.stack.control.shortages import shortage
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets
NETFUL = str(Path(sys.executable).with_name("netful"))
EXAMPLE = EXAMPLES / "ssm-demo"


@pytest.mark.parametrize("most", [24, 48])
def test_few_descriptors_are_told_and_nothing_is_left(most, tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    done = subprocess.run(
        [NETFUL, "up", "-d", "-t", "endpoint.yaml"], cwd=EXAMPLE, check=False, capture_output=True, text=True, timeout=ENOUGH_SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)),
    )  # fmt: skip
    assert done.returncode == 2
    assert "a process may not hold as many files and sockets" in done.stderr
    assert done.stderr.splitlines()[-1] == "hint: ulimit -n 4096, or more"
    assert [*tmp_path.iterdir()] == []


def test_what_is_no_shortage_is_not_told_as_one():
    assert shortage(OSError(errno.EPERM, "no")) is None
    assert shortage(RuntimeError("other")) is None
    assert shortage(MemoryError()) is not None


def test_no_more_namespaces_are_no_full_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    inside = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'
    prefix = ["unshare", "--user", "--map-root-user", "sh", "-c", inside, "sh"]
    command = [*prefix, NETFUL, "up", "-d", "-t", "endpoint.yaml"]
    done = subprocess.run(command, cwd=EXAMPLE, check=False, capture_output=True, text=True, timeout=ENOUGH_SECONDS)
    assert done.returncode == 2
    assert "error: this machine makes no more namespaces" in done.stderr
    assert "max_net_namespaces" in done.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.programs
@pytest.mark.parametrize(
    ("template", "code"), [("ssm-demo/endpoint.yaml", 0), ("orders-with-postgres/template.yaml", 2)]
)
def test_a_cache_that_cannot_be_written_is_told_where_one_is_needed(template, code, tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/cache")
    up = [NETFUL, "up", "-d", "--stack", "s", "-t", str(EXAMPLES / template)]
    done = subprocess.run(up, check=False, capture_output=True, text=True, timeout=ENOUGH_SECONDS)
    subprocess.run([NETFUL, "down", "--stack", "s"], check=True, capture_output=True, timeout=ENOUGH_SECONDS)
    assert done.returncode == code
    assert ("hint: set XDG_CACHE_HOME to a folder of your own" in done.stderr) is (code == 2)
