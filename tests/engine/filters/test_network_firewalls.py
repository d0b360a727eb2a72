"""Decisions of a network firewall: tables of rules and packets."""

from dataclasses import replace

import pytest

from netful.engine.filters.network_firewalls import Asked, Fate, judge_answer, judge_flow, judge_packet
from netful.engine.flows.flow import End, Flow, Ports
from netful.model.core import Unknown
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    DefaultAction,
    Firewall,
    FlowOption,
    Header,
    NameMatch,
    PortRanges,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.protocols import ICMP, TCP, UDP
from tests.helpers.small_clouds import net

HERE, THERE = net("10.0.1.5/32"), net("192.0.2.1/32")
TLS, HTTP, OTHER = Asked(Application.TLS, "api.example.com"), Asked(Application.HTTP, "api.example.com"), Asked()
NAMELESS = Asked(Application.TLS)
STRICT, ESTABLISHED = (DefaultAction.DROP_STRICT,), (DefaultAction.DROP_ESTABLISHED,)
PASS, DROP, REJECT = RuleAction.PASS, RuleAction.DROP, RuleAction.REJECT


def flow(protocol=TCP, port=443, source=HERE, destination=THERE):
    return Flow(protocol, End(source, Ports(1024, 65535)), End(destination, Ports(port, port)))


def header(protocol=None, port=None, source=None, destination=None):
    def addresses(block):
        return Addresses() if block is None else Addresses((block if isinstance(block, Unknown) else net(block),))

    ports = PortRanges(((port, port),)) if port else PortRanges()
    return Header(addresses(source), PortRanges(), addresses(destination), ports, (protocol,) if protocol else ())


def rule(action, *, flow=(), both_ways=False, unread="", **parts):
    return StatefulRule(f"{action}", action, header(**parts), both_ways, frozenset(flow), unread=unread)


def named(action, application, text="", **more):
    names = (NameMatch(text, ends=True, dotted=True),) if text else ()
    flows = frozenset({FlowOption.TO_SERVER, FlowOption.ESTABLISHED})
    return replace(StatefulRule(f"{action} {application}", action, header(protocol=TCP), False, flows, application, names), **more)  # fmt: skip


def firewall(*rules, defaults=()):
    return Firewall("Fw", "Vpc", stateful_rules=rules, default_actions=defaults)


@pytest.mark.parametrize(
    ("rules", "defaults", "sent", "asked", "fate"),
    [
        ((), (), flow(), TLS, Fate.GOES_ON),
        ((), STRICT, flow(), TLS, Fate.IS_DROPPED),
        ((), ESTABLISHED, flow(), TLS, Fate.IS_DROPPED),
        ((), ESTABLISHED, flow(UDP), OTHER, Fate.GOES_ON),  # the answer is dropped
        ((rule(PASS, port=443, protocol=TCP),), STRICT, flow(), TLS, Fate.PASSES),
        ((rule(PASS, port=443, protocol=TCP),), STRICT, flow(port=22), OTHER, Fate.IS_DROPPED),
        ((rule(DROP, source="10.0.1.0/24"), rule(PASS)), (), flow(), TLS, Fate.IS_DROPPED),
        ((rule(DROP, source="10.0.2.0/24"), rule(PASS)), (), flow(), TLS, Fate.PASSES),
        ((rule(REJECT, destination="192.0.2.0/24"),), (), flow(), TLS, Fate.IS_REJECTED),
        ((rule(DROP, source="192.0.2.0/24", both_ways=True),), (), flow(), TLS, Fate.IS_DROPPED),
        ((rule(DROP, source="192.0.2.0/24"),), (), flow(), TLS, Fate.GOES_ON),
        ((rule(DROP, protocol=ICMP),), (), flow(ICMP), OTHER, Fate.IS_DROPPED),
        ((rule(DROP, flow={FlowOption.TO_CLIENT}),), (), flow(), TLS, Fate.GOES_ON),
        ((rule(PASS, flow={FlowOption.NOT_ESTABLISHED}), named(DROP, Application.TLS)), STRICT, flow(), TLS, Fate.IS_DROPPED),
        ((named(PASS, Application.TLS, ".example.com"),), ESTABLISHED, flow(), TLS, Fate.PASSES),
        ((named(PASS, Application.TLS, ".example.com"),), STRICT, flow(), TLS, Fate.IS_DROPPED),  # the handshake
        ((named(PASS, Application.TLS, ".example.org"),), ESTABLISHED, flow(), TLS, Fate.IS_DROPPED),
        ((named(PASS, Application.TLS, ".example.com"), named(DROP, Application.TLS)), (), flow(), HTTP, Fate.GOES_ON),
        ((named(PASS, Application.TLS, ".example.com"), named(DROP, Application.TLS)), (), flow(), NAMELESS, None),
        ((named(DROP, Application.TLS, ".example.com"), named(DROP, Application.TLS)), (), flow(), NAMELESS, Fate.IS_DROPPED),
        ((rule(DROP, unread="pcre"),), (), flow(), TLS, None),
        ((rule(DROP, unread="pcre"),), STRICT, flow(), TLS, Fate.IS_DROPPED),
        ((rule(DROP, unread="pcre", port=22),), (), flow(), TLS, Fate.GOES_ON),
        ((rule(PASS, source=Unknown("a parameter", ("Block",))),), STRICT, flow(), TLS, None),
        ((named(DROP, Application.OTHER, unread="ssh"),), (), flow(), TLS, Fate.GOES_ON),
        ((named(DROP, Application.OTHER, unread="ssh"),), (), flow(port=22), OTHER, None),
    ],
)  # fmt: skip
def test_a_flow(rules, defaults, sent, asked, fate):
    assert judge_flow(firewall(*rules, defaults=defaults), sent, asked).fate is fate


@pytest.mark.parametrize(
    ("rules", "defaults", "protocol", "fate"),
    [
        ((), ESTABLISHED, UDP, Fate.IS_DROPPED),
        ((), (), UDP, Fate.GOES_ON),
        ((rule(DROP, source="192.0.2.0/24"),), (), TCP, Fate.IS_DROPPED),
        ((rule(DROP, source="192.0.2.0/24", flow={FlowOption.TO_SERVER}),), (), TCP, Fate.GOES_ON),
    ],
)
def test_an_answer(rules, defaults, protocol, fate):
    assert judge_answer(firewall(*rules, defaults=defaults), flow(protocol).reply()).fate is fate


@pytest.mark.parametrize(
    ("source", "unread", "action", "fate"),
    [
        ("10.0.1.0/24", "", StatelessAction.PASS, Fate.PASSES),
        ("10.0.2.0/24", "", StatelessAction.PASS, Fate.IS_FORWARDED),
        ("10.0.1.0/24", "TCPFlags", StatelessAction.DROP, None),
        ("10.0.1.0/24", "TCPFlags", StatelessAction.FORWARD, Fate.IS_FORWARDED),
        ("10.0.1.0/24", "", Unknown("a parameter", ("Action",)), None),
    ],
)
def test_a_packet(source, unread, action, fate):
    stateless = StatelessRule("first", header(source=source), action, unread)
    assert judge_packet(Firewall("Fw", "Vpc", (stateless,)), flow()).fate is fate


def test_rules_that_are_not_known():
    missing = Unknown("not loaded", ("the policy of Fw",))
    decision = judge_flow(Firewall("Fw", "Vpc", stateful_rules=missing), flow(), TLS)
    of_packet = judge_packet(Firewall("Fw", "Vpc", missing), flow())
    assert [(one.fate, one.missing) for one in (decision, of_packet)] == [(None, ("the policy of Fw",))] * 2
