"""A ruleset that was changed in steps is, in the kernel, the one that would have been loaded at once."""

import json
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.rules.ruleset import BASE
from netful.fabric.rules.ruleset_change import Contents, steps
from netful.fabric.rules.vpc_filters import Attached, Links, VpcFilters
from tests.helpers.draw import clouds

pytestmark = pytest.mark.packets


@pytest.fixture
def two_namespaces(thread):
    made = [thread.run(Netns.create, thread.limbo) for _ in range(2)]
    yield made
    for netns in made:
        netns.close()


def contents(filters, cloud):
    """What a router with all interfaces of the VPC would have."""
    filters.update(cloud, cloud.network.vpcs["V"])
    enis = [
        e
        for e in cloud.network.network_interfaces.values()
        if cloud.network.vpc_of_interface(e) == cloud.network.vpcs["V"]
    ]
    attached = {e.id: Attached(e, f"e-{e.id}"[:15]) for e in enis}
    return filters.whole(attached, Links(borders={"Pcx": "pcx1"} if len(enis) % 2 else {}, passages={"tgw1": "Tgw"}))


def listed(netns):
    """The table as the kernel has it, in an order that says nothing."""
    with netns.inside():
        done = subprocess.run(["nft", "-j", "-s", "list", "table", "inet", "vpc"], capture_output=True, check=True)
    rules, others = {}, {}
    for entry in json.loads(done.stdout)["nftables"]:
        ((kind, what),) = entry.items()
        what.pop("handle", None)
        if kind == "rule":
            rules.setdefault(what["chain"], []).append(what)
        elif kind != "metainfo":
            what["elem"] = sorted(map(json.dumps, what.get("elem", [])))
            others[kind, what["name"]] = what
    return rules, others


def load(thread, netns, lines):
    thread.run(nft.load, netns, "\n".join(lines))


@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)
@given(one=clouds(), other=clouds())
def test_steps_lead_where_a_load_would(thread, two_namespaces, one, other):
    stepped, loaded = two_namespaces
    filters = VpcFilters(one, one.network.vpcs["V"])
    before = contents(filters, one)
    after = contents(filters, other)
    fresh = "table inet vpc {}\ndelete table inet vpc"
    load(thread, stepped, [fresh, BASE, *steps(Contents(), before)])
    load(thread, stepped, [*steps(before, after)])
    load(thread, loaded, [fresh, BASE, *steps(Contents(), after)])
    assert thread.run(listed, stepped) == thread.run(listed, loaded)
    assert [*steps(after, contents(filters, other))] == []


def test_what_a_visitor_brought_is_known_when_the_next_change_comes():
    """A set's element that was taken out by hand is not taken out again."""
    lines = ['add element inet vpc groups_of { "e1" : 1, "e2" : 2 }']
    held = Contents.of(lines)
    held.take_out(['add element inet vpc groups_of { "e1" : 1 }'])
    assert [*steps(held, Contents())] == ['delete element inet vpc groups_of { "e2" : 2 }']


def test_only_chains_whose_rules_differ_are_written_anew():
    before = Contents.of(
        ["add chain inet vpc a", "add rule inet vpc a accept", "add chain inet vpc b", "add rule inet vpc b drop"]
    )
    after = Contents.of(
        ["add chain inet vpc a", "add rule inet vpc a accept", "add chain inet vpc b", "add rule inet vpc b accept"]
    )
    assert [*steps(before, after)] == ["flush chain inet vpc b", "add rule inet vpc b accept"]
