"""AWS Network Firewall: decision of a firewall's rules about a packet, and about the flow that it begins (newer-aws §11.5).

Stateless rules judge every packet by itself; the first match by priority decides. What they forward comes to the stateful
rules, which apply in the order of the model. A rule that passes a packet passes the whole flow.

| packets of a flow | rules | without a match |
|---|---|---|
| the first one, of TCP up to its handshake | those without a request and without `flow: established` | pass, or the policy's `drop_strict` |
| of TCP what follows: the client's request | all | pass, or a default action of the policy that drops |
| answers | the same, unless the flow has passed as a whole | the same |

Rules match packets of both directions of a flow, by each packet's own addresses. A rule with an unknown value, or with an
option that netful does not read, may match or not: the decision is unknown if that would change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from netful.engine.flows.flow import End, Flow, Ports, contains, overlaps
from netful.engine.flows.ruling import needs
from netful.engine.flows.truth import every, opposite, some
from netful.model.core import DEFAULT, Frozen, Maybe, Origin, Unknown
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    Firewall,
    FlowOption,
    Header,
    PortRange,
    PortRanges,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPNetwork

NAME_OF_REQUEST = "the name that the client asks for"
"""Missing input of a decision about requests: the question has no name."""

APPLICATIONS = {443: Application.TLS, 80: Application.HTTP}
_WORDS = {RuleAction.PASS: "passes", RuleAction.DROP: "drops", RuleAction.REJECT: "rejects"}


class Fate(StrEnum):
    """Decision about a packet; `GOES_ON`: no rule matched it, and it passes."""

    PASSES = "passes"
    IS_DROPPED = "is dropped"
    IS_REJECTED = "is rejected"
    GOES_ON = "goes on"
    IS_FORWARDED = "is forwarded to the stateful rules"


_FATES = {
    StatelessAction.PASS: Fate.PASSES,
    StatelessAction.DROP: Fate.IS_DROPPED,
    StatelessAction.FORWARD: Fate.IS_FORWARDED,
    RuleAction.PASS: Fate.PASSES,
    RuleAction.DROP: Fate.IS_DROPPED,
    RuleAction.REJECT: Fate.IS_REJECTED,
}


class Asked(Frozen):
    """The request that a client sends over its connection: its protocol (None: another one), and the host's name ("": not known)."""

    application: Application | None = None
    name: str = ""

    @classmethod
    def by_port(cls, flow: Flow) -> Asked:
        """Return the request that is likely for a port: TLS to 443, HTTP to 80, and another protocol to all others."""
        ports = flow.destination.ports
        return cls(APPLICATIONS.get(ports.first) if ports.first == ports.last else None)


class Decision(Frozen):
    """A decision with the deciding rule; `fate` is None if it depends on missing input.

    `follows_handshake`: the packets of a TCP handshake pass, and the decision is about what follows.
    """

    fate: Fate | None
    rule: str
    origin: Origin = DEFAULT
    missing: tuple[str, ...] = ()
    follows_handshake: bool = False


class _Part(Frozen):
    """A part of a flow: its direction, whether the connection is established, and the request if this part has it."""

    to_server: bool
    established: bool
    asked: Asked | None = None

    def covers(self, options: frozenset[FlowOption]) -> bool:
        way = FlowOption.TO_CLIENT if self.to_server else FlowOption.TO_SERVER
        state = FlowOption.NOT_ESTABLISHED if self.established else FlowOption.ESTABLISHED
        return not options & {way, state}


def judge_packet(firewall: Firewall, flow: Flow) -> Decision:
    """Return the decision of the stateless rules about a packet."""
    if isinstance(firewall.stateless_rules, Unknown):
        return _unknown_rules(firewall, firewall.stateless_rules)
    default = _stateless(firewall, firewall.stateless_default, "no stateless rule matches", firewall.origin)
    matching = (
        (_all_of(_header(one.header, flow), one.unread), _of_stateless(one)) for one in firewall.stateless_rules
    )
    return _first(matching, default)


def judge_flow(firewall: Firewall, flow: Flow, asked: Asked) -> Decision:
    """Return the decision of the stateful rules about a new flow, its request included."""
    first = _stateful(firewall, flow, _Part(to_server=True, established=False))
    if first.fate is not Fate.GOES_ON or flow.protocol != TCP:
        return first
    return _stateful(firewall, flow, _Part(to_server=True, established=True, asked=asked))


def judge_answer(firewall: Firewall, flow: Flow, *, to_handshake: bool = False) -> Decision:
    """Return the decision of the stateful rules about the answers in a flow that has not passed as a whole.

    `to_handshake`: no answer follows that of the handshake.
    """
    first = _stateful(firewall, flow, _Part(to_server=False, established=flow.protocol != TCP))
    if first.fate is not Fate.GOES_ON or flow.protocol != TCP or to_handshake:
        return first
    return _stateful(firewall, flow, _Part(to_server=False, established=True))


def depends_on_application(firewall: Firewall, flow: Flow) -> bool:
    """Return whether a rule about requests covers a flow: its decision then holds for the protocol that the port suggests."""
    rules = () if isinstance(firewall.stateful_rules, Unknown) else firewall.stateful_rules
    return any(rule.application and _header(rule.header, flow) is not False for rule in rules)


def _stateful(firewall: Firewall, flow: Flow, part: _Part) -> Decision:
    if isinstance(firewall.stateful_rules, Unknown):
        return _unknown_rules(firewall, firewall.stateful_rules)
    dropped = firewall.drops_established if part.established else firewall.drops_all and part.to_server
    rule = f"no stateful rule matches: {next(a for a in firewall.default_actions if a.drops)}" if dropped else ""
    default = Decision(
        Fate.IS_DROPPED if dropped else Fate.GOES_ON, rule or "no stateful rule matches", firewall.origin
    )
    matching = ((_covers(one, flow, part), _of_stateful(one, part)) for one in firewall.stateful_rules)
    return _first(matching, default)


def _first(matching: Iterable[tuple[bool | None, Decision]], default: Decision) -> Decision:
    """Return the decision of the first rule that matches; unknown if a rule before it may match and decides otherwise."""
    doubts: list[Decision] = []
    decided = default
    for matches, decision in matching:
        if matches is None:
            doubts.append(decision)
        elif matches:
            decided = decision
            break
    if all(_same(doubt.fate, decided.fate) for doubt in doubts):
        return decided
    missing = dict.fromkeys(need for doubt in doubts for need in doubt.missing)
    return Decision(None, f"whether {doubts[0].rule} is not known", doubts[0].origin, tuple(missing))


def _same(one: Fate | None, other: Fate | None) -> bool:
    return one is other and one is not None


def _stateless(firewall: Firewall, action: Maybe[StatelessAction], why: str, origin: Origin) -> Decision:
    if isinstance(action, Unknown):
        return Decision(None, why, origin, needs(action, f"the actions of {firewall.id}"))
    return Decision(_FATES[action], f"{why}: {action}", origin)


def _of_stateless(rule: StatelessRule) -> Decision:
    missing = (f"`{rule.unread}` of {rule.id}",) if rule.unread else _needs(rule.header)
    if isinstance(rule.action, Unknown):
        return Decision(None, f"{rule.id} matches", rule.origin, (*missing, *needs(rule.action, "")))
    return Decision(_FATES[rule.action], f"{rule.id}: {rule.action}", rule.origin, missing)


def _of_stateful(rule: StatefulRule, part: _Part) -> Decision:
    missing = (f"`{rule.unread}` of {rule.id}",) if rule.unread else _needs(rule.header)
    if rule.names and not rule.unread and part.asked is not None and not part.asked.name:
        missing = (NAME_OF_REQUEST,)
    fate = _FATES[rule.action]
    if fate is Fate.PASSES and FlowOption.NOT_ESTABLISHED in rule.flow:
        fate = Fate.GOES_ON  # it passes the handshake alone
    return Decision(fate, f"{rule.id} {_WORDS[rule.action]} it", rule.origin, missing, part.established)


def _unknown_rules(firewall: Firewall, rules: Unknown) -> Decision:
    return Decision(None, "its rules are not known", firewall.origin, needs(rules, f"the policy of {firewall.id}"))


def _needs(header: Header) -> tuple[str, ...]:
    """Return the input that would settle if a rule matches."""
    every_block = (*header.sources.blocks, *header.sources.excluded)
    every_block += (*header.destinations.blocks, *header.destinations.excluded)
    needed = (need for block in every_block if isinstance(block, Unknown) for need in needs(block, ""))
    return tuple(dict.fromkeys(needed)) or ("the packet's addresses and ports",)


def _covers(rule: StatefulRule, flow: Flow, part: _Part) -> bool | None:
    if not part.covers(rule.flow):
        return False
    header = _header(rule.header, flow)
    if rule.both_ways:
        header = some((header, _header(rule.header.turned, flow)))
    return every((header, _requests(rule, flow, part), None if rule.unread else True))


def _requests(rule: StatefulRule, flow: Flow, part: _Part) -> bool | None:
    """Return whether a part of a flow has a request that a rule covers."""
    if rule.application is None:
        return True
    if rule.application is Application.OTHER:
        may_be = flow.protocol != TCP or (part.asked is not None and part.asked.application is None)
        return None if may_be else False
    if part.asked is None or part.asked.application is not rule.application:
        return False
    if not rule.names:
        return True
    return all(one.matches(part.asked.name) for one in rule.names) if part.asked.name else None


def _header(header: Header, flow: Flow) -> bool | None:
    if header.protocols and flow.protocol not in header.protocols:
        return False
    with_ports = flow.protocol in (TCP, UDP)
    return every(
        (
            _address(header.sources, flow.source),
            _address(header.destinations, flow.destination),
            _ports(header.source_ports, flow.source.ports) if with_ports else not header.source_ports.ranges,
            _ports(header.destination_ports, flow.destination.ports)
            if with_ports
            else not header.destination_ports.ranges,
        )
    )


def _all_of(matches: bool | None, unread: str) -> bool | None:  # noqa: FBT001  # an answer
    return every((matches, None if unread else True))


def _address(wanted: Addresses, end: End) -> bool | None:
    included = some(_in_block(block, end.address) for block in wanted.blocks) if wanted.blocks else True
    return every((included, opposite(some(_in_block(block, end.address) for block in wanted.excluded))))


def _in_block(block: Maybe[IPNetwork], address: IPNetwork | None) -> bool | None:
    if isinstance(block, Unknown):
        return None
    if address is None:
        return True if block.prefixlen == 0 else None
    if contains(block, address):
        return True
    return None if overlaps(block, address) else False


def _ports(wanted: PortRanges, ports: Ports) -> bool | None:
    included = some(_in_range(one, ports) for one in wanted.ranges) if wanted.ranges else True
    return every((included, opposite(some(_in_range(one, ports) for one in wanted.excluded))))


def _in_range(wanted: PortRange, ports: Ports) -> bool | None:
    first, last = wanted
    if first <= ports.first and ports.last <= last:
        return True
    return None if ports.first <= last and first <= ports.last else False
