"""A machine that does not allow namespaces: `up` says what is missing and how to get it, the rest still works."""

import json

import pytest

from tests.helpers.places import EXAMPLES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets

# Root of a user namespace in which no further one may be made, and then no capability: a locked-down container.
LOCKED = (
    "unshare", "--user", "--map-root-user", "sh", "-c",
    (
        'echo 0 > /proc/sys/user/max_user_namespaces && '
        'exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"'
    ),
    "sh",
)  # fmt: skip


@pytest.fixture
def locked(tmp_path):
    return Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml", prefix=LOCKED)


def test_up_says_what_is_missing_and_how_to_get_it(locked):
    told = locked.netful("up", "-d", "-t", "endpoint.yaml", "--stack", "s", check=2).stderr
    assert "does not allow netful to build networks" in told
    assert "namespaces are refused (unshare: No space left on device)" in told
    assert "hint: sysctl user.max_user_namespaces=15000 (`trace` and `show` work without)" in told
    assert "Traceback" not in told


def test_rights_are_told_without_a_template(locked):
    told = locked.netful("up", "--rights", check=1).stdout
    assert told.startswith("no packets\n")
    assert "hint: sysctl user.max_user_namespaces=15000" in told


def test_trace_and_show_work_all_the_same(locked):
    assert locked.trace("ReadParameter", "aws:ssm")["verdict"] == "reachable"
    assert json.loads(locked.netful("show", "-t", "endpoint.yaml", "--format", "json", check=0).stdout)["vpcs"]


def test_where_packets_are_possible_it_says_by_whom(tmp_path, who):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml", prefix=who)
    told = stack.netful("up", "--rights", check=0).stdout
    assert told == ("packets as an ordinary user\n" if who else "packets as root\n")


def test_functions_run_where_new_files_are_private(tmp_path):
    private = ("sh", "-c", 'umask 077 && exec "$@"', "sh")
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml", prefix=private)
    try:
        stack.up()
        assert stack.invoke()["payload"] == {"value": "hello from Parameter Store"}
    finally:
        stack.netful("down", "--stack", "s", check=0)


def test_broken_template_is_told_with_its_line_and_leaves_nothing(tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "template.yaml").write_text(
        "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: x}\n"
    )
    stack = Stack(tmp_path / "state", broken / "template.yaml")
    done = stack.netful("up", "-d", check=2)
    assert "template.yaml:4" in done.stderr
    assert not (tmp_path / "state" / "broken").exists()
