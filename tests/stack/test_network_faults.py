"""Faults of a running NAT stack: each breaks what it says, ends by itself or with its client, and leaves nothing behind."""

import contextlib
import json
import signal
import subprocess
import time

import pytest

import netful
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import NETFUL, Stack, written

pytestmark = pytest.mark.packets
WEB, PORT = "internet:tcp/443", "Host:tcp/5432"
ENDPOINT = """
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: open, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.ssm
      VpcEndpointType: Interface
      PrivateDnsEnabled: true
      SubnetIds: [!Ref Private]
      SecurityGroupIds: [!Ref Open]
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    text = (EXAMPLES / "flow-logs" / "template.yaml").read_text()
    yield from written(folder, text + ENDPOINT).while_up()


@contextlib.contextmanager
def broken(stack, *words):
    """A fault, by a client that ends it as by Ctrl-C."""
    command = [NETFUL, "fault", *words, "--duration", "10m", "--stack", "s"]
    with subprocess.Popen(command, env=stack.env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("in force")
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert stack.json("status", "--stack", "s")["faults"] == []


def reached(stack, *destinations):
    return [stack.probe("Fn", one)["observed"][0]["verdict"] == "reachable" for one in destinations]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # the internet by the NAT gateway, the host in the same subnet, the endpoint in the same subnet
        (("connectivity", "Private"), [False, True, True]),
        (("connectivity", "Private", "--scope", "vpc"), [False, True, True]),
        (("connectivity", "Private", "--scope", "s3"), [True, True, True]),
        (("connectivity", "Public", "--scope", "all"), [False, True, True]),
        (("endpoint", "Ssm"), [True, True, False]),
        (("zone", "us-east-1a"), [False, False, False]),
        (("hang", "Host"), [True, False, True]),
        (("loss", "Nat", "--percent", "100"), [False, True, True]),
        (("nat-ports", "Nat"), [False, True, True]),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_a_fault_breaks_what_it_says_and_no_more(stack, words, expected):
    with broken(stack, *words):
        assert reached(stack, WEB, PORT, "aws:ssm") == expected
    assert reached(stack, WEB, PORT, "aws:ssm") == [True, True, True]


def test_packets_to_a_resource_are_late_where_the_kernel_can_delay_them(stack):
    done = stack.netful("fault", "latency", "Host", "--delay", "400", "-d", "--stack", "s")
    if done.returncode:  # a kernel without netem
        assert done.stderr.startswith("error: this kernel cannot delay packets")
        assert "hint: " in done.stderr
        assert stack.json("status", "--stack", "s")["faults"] == []
    else:
        begun = time.monotonic()
        assert reached(stack, PORT) == [True]
        assert time.monotonic() - begun > 0.4  # the first packet waits at least for the delay
        stack.netful("fault", "none", "--stack", "s", check=0)
    assert reached(stack, PORT, WEB) == [True, True]


def names(stack, seconds=30):
    words = ("timeout", str(seconds), "getent", "hosts", "s3.us-east-1.amazonaws.com")
    return stack.netful("exec", "Fn", "--stack", "s", "--", *words).returncode == 0


def test_a_resolver_that_is_dead_or_slow(stack):
    with broken(stack, "dns", "Vpc"):
        assert not names(stack, seconds=2)
    with broken(stack, "dns", "Vpc", "--delay", "300"):
        begun = time.monotonic()
        assert names(stack)
        assert time.monotonic() - begun > 0.3  # the answers wait at least for the delay
    assert names(stack)


def test_invocations_that_are_delayed_fail_or_are_refused(stack):
    with broken(stack, "lambda-delay", "Fn", "--delay", "400"):
        done = stack.invoke("Fn", '{"a": 1}')
        assert (done["payload"], done["duration_ms"] > 390) == ({"a": 1}, True)  # timers have milliseconds
    with broken(stack, "lambda-delay", "Fn", "--delay", "60000"):  # longer than the function's three seconds
        assert "Task timed out" in json.dumps(stack.json("invoke", "Fn", "--stack", "s", check=1)["payload"])
    with broken(stack, "lambda-error", "Fn"):
        failed = stack.json("invoke", "Fn", "--stack", "s", check=1)
        assert (failed["function_error"], failed["payload"]["errorType"]) == ("Unhandled", "FaultInjected")
    with broken(stack, "throttle", "Fn"):
        assert "TooManyRequestsException" in stack.netful("invoke", "Fn", "--stack", "s").stderr
    assert stack.invoke("Fn", '{"a": 1}')["payload"] == {"a": 1}


def test_an_api_that_is_throttled_refuses_every_request(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path / "state"))
    api = Stack(tmp_path / "state", EXAMPLES / "throttling" / "template.yaml")
    api.up()
    try:
        running = netful.connect("s")
        assert running.request("internet", "Api GET /prod/open").status == 200
        with broken(api, "throttle", "Api"):
            assert running.request("internet", "Api GET /prod/open").status == 429
        assert running.request("internet", "Api GET /prod/open").status == 200
    finally:
        api.down()


def test_a_detached_fault_is_listed_and_ends_by_itself(stack):
    stack.netful("fault", "hang", "Host", "-d", "--duration", "10m", "--stack", "s", check=0)
    (listed,) = stack.json("status", "--stack", "s")["faults"]
    assert (listed["kind"], listed["target"], listed["seconds_left"] <= 600) == ("hang", "Host", True)
    stack.netful("fault", "none", "--stack", "s", check=0)
    stack.netful("fault", "hang", "Host", "-d", "--duration", "1s", "--stack", "s", check=0)
    wait_until(lambda: stack.json("status", "--stack", "s")["faults"] == [])
    assert reached(stack, PORT) == [True]


def test_faults_outlive_a_change_and_are_taken_back_together(stack):
    stack.netful("fault", "connectivity", "Private", "-d", "--stack", "s", check=0)
    stack.netful("fault", "hang", "Host", "-d", "--stack", "s", check=0)
    text = stack.template.read_text()
    try:
        stack.template.write_text(
            text.replace("GroupDescription: open", "GroupDescription: still open") + "  More: {Type: AWS::EC2::EIP}\n"
        )
        stack.up()
        assert reached(stack, WEB, PORT) == [False, False]
        lines = stack.netful(
            "flows", "Fn", "internet", "--rejected", "--why", "--format", "json", "--stack", "s", check=0
        ).stdout
        components = {why["component"] for line in lines.splitlines() for why in json.loads(line)["why"]}
        assert "fault connectivity Private --scope all" in components
        assert "2 faults taken back" in stack.netful("fault", "none", "--stack", "s", check=0).stderr
        assert reached(stack, WEB, PORT) == [True, True]
    finally:
        stack.template.write_text(text)
        stack.up()


@pytest.mark.parametrize(
    "words",
    [
        ("hang", "Gone"),
        ("connectivity", "Private", "--scope", "prefix-list"),
        ("hang", "Host", "--duration", "soon"),
        ("hang", "Host", "--duration", "13h"),
        ("hang",),
        ("none", "first"),
        ("earthquake", "Vpc"),
        ("connectivity", "Private", "--scope", "moon"),
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_one_message_and_breaks_nothing(stack, words):
    done = stack.netful("fault", *words, "--stack", "s", check=2)
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert stack.json("status", "--stack", "s")["faults"] == []
