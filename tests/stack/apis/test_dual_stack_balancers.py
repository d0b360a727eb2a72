"""Load balancers whose clients or targets have IPv6: what a target sees."""

import json

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "dual-stack-balancers" / "template.yaml"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from Stack(tmp_path_factory.mktemp("dual-stack") / "state", TEMPLATE).while_up()


@pytest.mark.parametrize(
    ("resource", "version", "seen"),
    [
        ("Application", "-4", "10.0."),
        ("Application", "-6", "10.0."),
        ("Network", "-4", "192.0.2."),  # of IPv4 the client's own address is kept
        ("Network", "-6", "10.0."),
    ],
)
def test_whom_a_target_sees(stack, resource, version, seen):
    names = {one["resource"]: one["dns_name"] for one in stack.json("status", "--stack", "s")["load_balancers"]}
    asked = ("exec", "--stack", "s", "internet", "--", "curl", "-sS", "--max-time", "30", version)
    told = json.loads(stack.netful(*asked, f"http://dualstack.{names[resource]}/").stdout)
    assert told["client"].startswith(seen)
    forwarded = [line for line in told["head"] if line.startswith("X-Forwarded-For: 2001:db8:")]
    assert bool(forwarded) is ((resource, version) == ("Application", "-6"))


@pytest.mark.parametrize("resource", ["Application", "Network"])
def test_trace_says_so(stack, resource):
    probe = stack.probe("internet6", f"{resource}:tcp/80")
    assert (probe["agree"], probe["predicted"]["verdict"]) == (True, "reachable")
    path = stack.trace("internet6", f"{resource}:tcp/80")
    assert [hop["rule"] for hop in path["hops"] if hop["component"] == "WebSg"] == ["admits tcp/8080 from Open"]


@pytest.mark.parametrize("resource", ["Application", "Network"])
@pytest.mark.parametrize("version", ["-4", "-6"])
def test_a_target_with_ipv6_alone_sees_the_node(stack, resource, version):
    names = {one["resource"]: one["dns_name"] for one in stack.json("status", "--stack", "s")["load_balancers"]}
    asked = ("exec", "--stack", "s", "internet", "--", "curl", "-sS", "--max-time", "30", version)

    def told():
        answer = stack.netful(*asked, f"http://dualstack.{names[resource]}:81/").stdout
        return json.loads(answer) if answer.startswith("{") else None

    assert wait_until(told)["client"].startswith("2001:db8:")


@pytest.mark.parametrize("resource", ["Application", "Network"])
def test_health_of_a_target_with_ipv6_alone(stack, resource):
    def healthy():
        (one,) = [b for b in stack.json("status", "--stack", "s")["load_balancers"] if b["resource"] == resource]
        return [t for t in one["targets"] if t["group"].startswith("Six") and t["state"] == "healthy"]

    (target,) = wait_until(healthy)
    assert target["target"].startswith("2001:db8:")
    assert stack.probe("internet", f"{resource}:tcp/81")["agree"]
