"""`internet` where groups or ACLs admit some of its clients alone: a path for those, and who they are."""

from ipaddress import IPv4Address

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace, trace_as_sent
from netful.model.network.gateways import InternetGateway
from netful.model.network.route_tables import TargetKind
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, main_table, route, rule

OFFICE, HOME, PARTNER = "81.2.69.0/24", "67.43.156.5/32", "10.9.0.0/16"


def web(*peers, acls=(), port=22):
    ingress = tuple(rule(6, 22, peer=peer) for peer in peers)
    made = cloud(
        group("Sg", ingress=ingress),
        InternetGateway("Igw", "Vpc"),
        main_table(route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")),
        eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7")),
        *acls,
    )
    return made, parse(made, "internet", f"Web:tcp/{port}")


def only(path):
    return [note for note in path.assumptions if note.startswith("of the internet's clients only")]


def test_clients_that_a_group_names_get_through_and_are_told():
    path = trace(*web(OFFICE, HOME, PARTNER))
    assert path.verdict == "reachable"
    assert only(path) == [
        "of the internet's clients only 81.2.69.0/24, 67.43.156.5/32 get through: `Sg` blocks the others"
    ]
    assert any(str(OFFICE) in hop.rule for hop in path.hops)


def test_the_client_of_a_running_stack_is_one_whom_no_rule_names():
    assert trace_as_sent(*web(OFFICE)).verdict == "blocked"


@pytest.mark.parametrize(
    "asked", [web(), web(PARTNER), web("Sg"), web(OFFICE, port=80)], ids=["none", "private", "group", "another port"]
)
def test_where_nobody_there_is_admitted_it_stays_blocked(asked):
    path = trace(*asked)
    assert (path.verdict, only(path)) == ("blocked", [])


def test_what_anybody_reaches_is_told_without_names():
    path = trace(*web("0.0.0.0/0", OFFICE))
    assert (path.verdict, only(path)) == ("reachable", [])


def test_an_acl_names_clients_as_a_group_does():
    narrow = acl(ingress=(entry(100, True, block=HOME),), subnet_ids=("A",))
    path = trace(*web("0.0.0.0/0", acls=(narrow,)))
    assert path.verdict == "reachable"
    assert only(path) == ["of the internet's clients only 67.43.156.5/32 get through: `Acl` blocks the others"]
    assert trace(*web(OFFICE, acls=(narrow,))).verdict == "blocked"
