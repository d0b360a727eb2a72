"""Network ACLs: decision about a flow across the edge of a subnet (vpc-network §3).

ACLs are stateless and ordered: the lowest matching number decides, and a flow without a match is denied. Answers are judged
separately. Their destination is a *range* of ports, and every port must be allowed: a list that opens 32768-65535 for a
client that may choose from 1024-65535 works only sometimes, and counts as a denial here. If less than a hundredth of the ports
is closed, as by a rule that denies 3389 to everyone, it is an assumption that the client chooses another one.

Of an entry whose number, block or ports are not known, both ends are tried: it allows as much and as little as it can. The
answer is unknown only where the two differ.
"""

from collections.abc import Iterator

from netful.engine.filters.group_references import Direction
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import ECHO_CODE, Flow, Ports, contains, overlaps
from netful.engine.flows.ruling import Ruling
from netful.model.core import Unknown, replace
from netful.model.network.network_acls import AFTER_ALL, BEFORE_ALL, NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP

_LAST = "the rule * denies what no rule matches"


def judge(acl: NetworkAcl, flow: Flow, direction: Direction, subnet_id: str) -> Ruling:
    """Return the ruling of an ACL on a flow that leaves (out) or enters (in) a subnet."""
    edge = f"leaving {subnet_id}" if direction == "out" else f"entering {subnet_id}"
    least, met = _decide(acl, flow, direction, edge, favoured=False)
    if least.verdict == "allow":
        return least
    most, more = _decide(acl, flow, direction, edge, favoured=True)
    if most.verdict == "deny":
        return most
    doubts = list(dict.fromkeys((*met, *more)))
    missing = (need for entry in doubts for need in _missing(entry))
    text = f"rule {_name(doubts[0])}, {edge}"
    return Ruling("unknown", acl.id, text, origin=doubts[0].origin, missing=tuple(dict.fromkeys(missing)))


def _decide(
    acl: NetworkAcl, flow: Flow, direction: Direction, edge: str, *, favoured: bool
) -> tuple[Ruling, list[NetworkAclEntry]]:
    """Return the ruling if each entry in doubt allows as much (`favoured`) or as little as it can, and the doubts that it met.

    An entry whose number is not known is before or behind all others; one whose block is not known covers the flow or not.
    """
    entries = acl.egress if direction == "out" else acl.ingress
    left, closed, allowed, doubts = [flow.destination.ports], list[Ports](), None, list[NetworkAclEntry]()
    for entry in sorted(entries, key=lambda one: one.place(BEFORE_ALL if one.allow == favoured else AFTER_ALL)):
        touched = [ports for ports in left if _shared(entry, flow, ports)]
        covers = _covers_address(entry, flow, direction)
        if covers is False or not touched or not _covers_protocol(entry, flow):
            continue
        if covers is None or isinstance(entry.rule_number, Unknown):
            doubts.append(entry)
        if covers is None and entry.allow != favoured:
            continue
        name, block = _name(entry), entry.cidr_block
        text = f"rule {name} allows {block}, {edge}" if entry.allow else f"rule {name} denies {block}, {edge}"
        rest = [part for ports in left for part in _without(ports, _shared(entry, flow, ports))]
        if not entry.allow:
            closed += [part for ports in touched if (part := _shared(entry, flow, ports))]
            if not _are_few(closed, flow):
                code = _code(rest or left, flow)
                return Ruling("deny", acl.id, text, code=code, origin=entry.origin, decided_by=entry), doubts
        else:
            allowed = Ruling("allow", acl.id, text, origin=entry.origin, decided_by=entry)
        left = rest
        if not left:
            break
    if allowed is not None and _are_few([*closed, *left], flow):
        assumed = (f"answers go to another port than {ports}, which {acl.id} closes" for ports in (*closed, *left))
        return replace(allowed, assumptions=tuple(assumed)), doubts
    code = _code(left, flow)
    text = f"ports {left[0]} are not open, {edge}" if code == Code.REMAP_EPHEMERAL_PORT else f"{_LAST}, {edge}"
    return Ruling("deny", acl.id, text, code=code, origin=acl.origin), doubts


def _name(entry: NetworkAclEntry) -> str:
    return entry.id if isinstance(entry.rule_number, Unknown) else str(entry.rule_number)


def _missing(entry: NetworkAclEntry) -> tuple[str, ...]:
    """Return the inputs that an entry in doubt lacks; of a known one, the address of the flow."""
    unknowns = [value for value in (entry.rule_number, entry.cidr_block) if isinstance(value, Unknown)]
    return tuple(need for value in unknowns for need in value.needs) if unknowns else ("the address",)


def _covers_protocol(entry: NetworkAclEntry, flow: Flow) -> bool:
    if entry.protocol == ALL_PROTOCOLS:
        return True
    if entry.protocol != flow.protocol:
        return False
    if flow.protocol not in (ICMP, ICMPV6) or entry.from_port < 0:
        return True
    return entry.from_port == flow.icmp_type and entry.to_port in (-1, ECHO_CODE)


def _covers_address(entry: NetworkAclEntry, flow: Flow, direction: Direction) -> bool | None:
    """Return whether an entry covers the address: a denial if it touches any part of a range, an allowance if it covers all."""
    address = flow.destination.address if direction == "out" else flow.source.address
    if isinstance(entry.cidr_block, Unknown):
        return None
    if address is None:
        return True if entry.cidr_block.prefixlen == 0 else None
    return contains(entry.cidr_block, address) if entry.allow else overlaps(entry.cidr_block, address)


def _shared(entry: NetworkAclEntry, flow: Flow, ports: Ports) -> Ports | None:
    """Return the part of a range of ports that an entry matches."""
    if entry.protocol == ALL_PROTOCOLS or flow.protocol not in (TCP, UDP) or entry.from_port < 0:
        return ports
    first, last = max(ports.first, entry.from_port), min(ports.last, entry.to_port)
    return Ports(first, last) if first <= last else None


def _without(ports: Ports, part: Ports | None) -> Iterator[Ports]:
    if part is None:
        yield ports
        return
    if ports.first < part.first:
        yield Ports(ports.first, part.first - 1)
    if part.last < ports.last:
        yield Ports(part.last + 1, ports.last)


def _code(left: list[Ports], flow: Flow) -> Code:
    """Return the code of a denial; a partly open range indicates a too narrow ephemeral range."""
    return Code.SUBNET_ACL_RESTRICTION if left == [flow.destination.ports] else Code.REMAP_EPHEMERAL_PORT


def _are_few(closed: list[Ports], flow: Flow) -> bool:
    """Return whether less than a hundredth of the ports of a flow is closed."""
    ports = flow.destination.ports
    return 100 * sum(part.last - part.first + 1 for part in closed) < ports.last - ports.first + 1
