"""Stateful rules in Suricata's language, as far as netful reads it: headers, `flow`, and the names of TLS and HTTP requests.

Rules:
1. A header's addresses and ports are lists, ranges, negations and variables (`Variables`).
2. Options that only describe a rule are left out. Any other option that netful does not read makes the rule one that may match
   or not: the rule names it as `unread`.
3. Rules that only write to a log (`alert`) are left out.
4. `flowbits:isnotset` holds for a bit that only rules of the same text set which end the flow: no rule after them sees the flow.
5. Each JA4 fingerprint has a `_`, so a rule that asks for it matches every client of TLS.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network
from itertools import pairwise

from msgspec import field

from netful.model.core import Frozen, Maybe, Origin, Unknown, whole_number
from netful.model.network.network_firewall import (
    ANYWHERE,
    Addresses,
    Application,
    FlowOption,
    Header,
    NameMatch,
    PortRange,
    PortRanges,
    RuleAction,
    StatefulRule,
)
from netful.model.network.protocols import ICMPS, TCP, UDP
from netful.model.network.vpc import IPNetwork

_ANY = "any"
_LAST_PORT = 65535
_NONE = (255,)  # the reserved protocol: no packet has it
_MOST_NESTED = 8  # variables within variables
_RULE = re.compile(r"\s*(\w+)\s+(\S+)\s+(.*?)\s*(?:->|(<>))\s*(.*?)\s*\((.*)\)\s*$", re.DOTALL)
_END = re.compile(r"(!?\[.*\]|\S+)\s+(!?\[.*\]|\S+)")
_OPTION = re.compile(r'\s*([\w.-]+)\s*(?::((?:"(?:\\.|[^"\\])*"|[^;"])*))?;')
_ACTIONS = {"pass": RuleAction.PASS, "drop": RuleAction.DROP, "reject": RuleAction.REJECT, "rejectsrc": RuleAction.REJECT,
            "rejectboth": RuleAction.REJECT}  # fmt: skip
_ENDING = (RuleAction.DROP, RuleAction.REJECT)
_PROTOCOLS: Mapping[str, tuple[int, ...]] = {
    "ip": (),
    "ipv4": (),
    "ipv6": (),
    "tcp": (TCP,),
    "udp": (UDP,),
    "icmp": ICMPS,
}
_APPLICATIONS = {
    "tls": Application.TLS, "ssl": Application.TLS, "http": Application.HTTP, "http1": Application.HTTP,
    "http2": Application.HTTP,
}  # fmt: skip
_OVER_UDP = {"dhcp": (UDP,), "dns": (TCP, UDP), "ike": (UDP,), "ikev2": (UDP,), "krb5": (TCP, UDP), "ntp": (UDP,),
             "quic": (UDP,), "snmp": (UDP,), "tftp": (UDP,)}  # fmt: skip
_DESCRIBING = {
    "alert", "classtype", "fast_pattern", "gid", "metadata", "msg", "noalert", "nocase", "priority", "reference", "rev", "sid",
    "ssl_state", "target",
}  # fmt: skip
_NOTING = {"set", "unset", "toggle", "noalert"}
_BITS_SET = re.compile(r"flowbits\s*:\s*set\s*,\s*([^;]+?)\s*;")
_EVERY_CLIENT = (("ja4.hash", ""), ("content", '"_"'))
_FLOW = {
    "established": FlowOption.ESTABLISHED, "not_established": FlowOption.NOT_ESTABLISHED,
    "to_server": FlowOption.TO_SERVER, "from_client": FlowOption.TO_SERVER,
    "to_client": FlowOption.TO_CLIENT, "from_server": FlowOption.TO_CLIENT,
}  # fmt: skip
_BUFFERS = {
    "tls.sni": Application.TLS, "tls_sni": Application.TLS, "http.host": Application.HTTP,
    "http.host.raw": Application.HTTP, "http_host": Application.HTTP,
}  # fmt: skip


class Variables(Frozen, dict=True):
    """Sets of addresses and of ports by their names; prefix lists that rules name with `@`."""

    addresses: Mapping[str, tuple[Maybe[str], ...]] = field(default_factory=dict)
    ports: Mapping[str, tuple[Maybe[str], ...]] = field(default_factory=dict)
    prefix_lists: Mapping[str, tuple[Maybe[IPNetwork], ...]] = field(default_factory=dict)

    def addresses_of(self, written: str) -> Addresses:
        """Return the addresses that a header names."""
        blocks: list[Maybe[IPNetwork]] = []
        excluded: list[Maybe[IPNetwork]] = []
        for negated, value in self._terms(written):
            (excluded if negated else blocks).extend(self._blocks(value))
        return Addresses(tuple(blocks), tuple(excluded)) if blocks or excluded else ANYWHERE

    def ports_of(self, written: str) -> PortRanges:
        """Return the ports that a header names. Raises ValueError for what is not a port."""
        ranges: list[PortRange] = []
        excluded: list[PortRange] = []
        for negated, value in _terms(written, self.ports):
            (excluded if negated else ranges).append(_range(str(value)))
        return PortRanges(tuple(ranges), tuple(excluded))

    def _terms(self, written: str) -> Iterator[tuple[bool, Maybe[str]]]:
        return _terms(written, self.addresses)

    def _blocks(self, value: Maybe[str]) -> tuple[Maybe[IPNetwork], ...]:
        if isinstance(value, Unknown):
            return (value,)
        if value.startswith("@"):
            missing = Unknown(f"the addresses of `{value}` are not known", (f"the addresses of {value}",))
            return self.prefix_lists.get(value[1:], (missing,))
        return (ip_network(value, strict=False),)


def _terms(
    written: Maybe[str], sets: Mapping[str, tuple[Maybe[str], ...]], depth: int = 0
) -> Iterator[tuple[bool, Maybe[str]]]:
    """Yield the single values of a list, each with whether it is negated. Raises ValueError for a variable that is not defined."""
    if isinstance(written, Unknown) or depth > _MOST_NESTED:
        yield False, written
        return
    text = written.strip()
    if text == _ANY:
        return
    negated = text.startswith("!")
    inner = text.removeprefix("!").strip()
    if inner.startswith("["):
        parts: Iterable[Maybe[str]] = _split(inner[1:].removesuffix("]"))
    elif inner.startswith("$"):
        if inner[1:] not in sets:
            raise ValueError(f"`{inner}` is not defined")
        parts = sets[inner[1:]]
    else:
        yield negated, inner
        return
    for part in parts:
        for other, value in _terms(part, sets, depth + 1):
            yield negated is not other, value


def _split(text: str) -> Iterator[str]:
    """Yield the items of a list, which may have lists within."""
    depth, item = 0, ""
    for letter in text:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "," and not depth:
            yield item
            item = ""
        else:
            item += letter
    if item.strip():
        yield item


def _range(text: str) -> PortRange:
    first, colon, last = text.partition(":")
    if not colon:
        return int(first), int(first)
    return int(first or 0), int(last or _LAST_PORT)


def rules_in(text: str, group: str, variables: Variables, origin: Origin) -> Iterator[StatefulRule]:
    """Yield the rules of a text that are more than log entries, each named by its number (`sid`)."""
    lines = [line.strip() for line in re.sub(r"\\\r?\n", " ", text).splitlines()]
    written = [line for line in lines if line and not line.startswith("#")]
    setters = [(bit, line.partition(" ")[0].lower()) for line in written for bit in _BITS_SET.findall(line)]
    seen = {bit for bit, action in setters if _ACTIONS.get(action) not in _ENDING}
    unseen = {bit for bit, _ in setters} - seen
    for line in written:
        yield from _rule(line, group, variables, origin, unseen)


def _rule(line: str, group: str, variables: Variables, origin: Origin, unseen: set[str]) -> Iterator[StatefulRule]:
    word = line.partition(" ")[0].lower()
    if word == RuleAction.ALERT:
        return
    action, found = _ACTIONS.get(word), _RULE.match(line)
    ends = (_END.fullmatch(found[3]), _END.fullmatch(found[5])) if found else (None, None)
    if action is None or found is None or ends[0] is None or ends[1] is None:
        yield StatefulRule(f"{group} rule", action or RuleAction.DROP, Header(), unread=line[:80], origin=origin)
        return
    written = (*ends[0].groups(), *ends[1].groups())
    options = [(one[1].lower(), (one[2] or "").strip()) for one in _OPTION.finditer(found[6])]
    options = [one for one in options if not _changes_nothing(one, unseen)]
    if any(pair == _EVERY_CLIENT for pair in pairwise(options)):
        options = [one for one in options if one not in _EVERY_CLIENT]
    yield rule(action, found[2], written, options, group, variables, origin, both_ways=bool(found[4]))


def _changes_nothing(option: tuple[str, str], unseen: set[str]) -> bool:
    """Return whether an option about the bits of a flow leaves open no doubt if its rule matches."""
    name, (command, _, bit) = option[0], option[1].partition(",")
    return name == "flowbits" and (
        command.strip() in _NOTING or (command.strip(), bit.strip() in unseen) == ("isnotset", True)
    )


def rule(
    action: RuleAction, protocol: str, ends: tuple[str, ...], options: Iterable[tuple[str, str]], group: str,
    variables: Variables, origin: Origin, *, both_ways: bool,
) -> StatefulRule:  # fmt: skip
    """Return a rule. `ends` are source, source port, destination and destination port, as written."""
    settings = [*options]
    number = next((value for name, value in settings if name == "sid"), "")
    id_ = f"{group} sid {number}" if number else f"{group} rule"
    try:
        header = Header(
            variables.addresses_of(ends[0]),
            variables.ports_of(ends[1]),
            variables.addresses_of(ends[2]),
            variables.ports_of(ends[3]),
        )
    except ValueError as error:
        return StatefulRule(id_, action, Header(), unread=str(error), origin=origin)
    made = _with_protocol(StatefulRule(id_, action, header, both_ways, origin=origin), protocol.lower())
    for name, value in _grouped(settings):
        made = _with_option(made, name, value)
    return made


def _with_protocol(made: StatefulRule, protocol: str) -> StatefulRule:
    if protocol in _PROTOCOLS:
        return replace(made, header=replace(made.header, protocols=_PROTOCOLS[protocol]))
    number = whole_number(protocol)
    if number is not None:
        return replace(made, header=replace(made.header, protocols=(number,)))
    if protocol in _APPLICATIONS:
        return replace(made, header=replace(made.header, protocols=(TCP,)), application=_APPLICATIONS[protocol])
    protocols = _OVER_UDP.get(protocol, (TCP,))
    header = replace(made.header, protocols=protocols)
    return replace(made, header=header, application=Application.OTHER, unread=protocol)


def _with_option(made: StatefulRule, name: str, value: str | NameMatch) -> StatefulRule:
    if isinstance(value, NameMatch):
        return replace(made, names=(*made.names, value), application=_BUFFERS[name])
    if name == "flow":
        words = [word.strip().lower() for word in value.split(",")]
        unread = made.unread or ", ".join(f"flow:{word}" for word in words if word not in _FLOW)
        return replace(made, flow=frozenset(_FLOW[word] for word in words if word in _FLOW), unread=unread)
    if name in _DESCRIBING:
        return made
    if name == "ip_proto" and (named := _PROTOCOLS.get(value.removeprefix("!").strip().lower())):
        able = made.header.protocols or range(255)
        left = tuple(number for number in able if (number in named) is not value.startswith("!")) or _NONE
        return replace(made, header=replace(made.header, protocols=left))
    if name == "app-layer-protocol" and value.lower() in _APPLICATIONS:
        return replace(made, application=_APPLICATIONS[value.lower()])
    if name in _BUFFERS:
        return replace(made, application=_BUFFERS[name])
    return replace(made, unread=made.unread or f"{name}:{value}".removesuffix(":"))


def _grouped(settings: list[tuple[str, str]]) -> Iterator[tuple[str, str | NameMatch]]:
    """Yield the options, texts of names as one with their modifiers, which follow them.

    An option without a value selects the buffer of all texts after it: those of a buffer that netful does not read are not names.
    """
    buffer, dotted, at = "", False, 0
    while at < len(settings):
        name, value = settings[at]
        at += 1
        if name in _BUFFERS and not value:
            buffer, dotted = name, False
            yield name, value
        elif name == "dotprefix":
            dotted = True
        elif name == "content":
            modifiers = []
            while at < len(settings) and settings[at][0] in (
                "startswith",
                "endswith",
                "nocase",
                "fast_pattern",
                "http_host",
            ):
                modifiers.append(settings[at][0])
                at += 1
            text = value.removeprefix("!").strip()
            held = "http_host" if "http_host" in modifiers else buffer
            if not held or "|" in text or len(text) < 2:
                yield name, value
            else:
                starts, ends = "startswith" in modifiers, "endswith" in modifiers
                yield held, NameMatch(text[1:-1], starts, ends, dotted, absent=value.startswith("!"))
        else:
            if not value and name not in _DESCRIBING:
                buffer = ""
            yield name, value
