"""Components of a path in AWS's shapes: one for each hop of the packets, with its rule or route.

What AWS's analyzer does not know has no place of its own in its answer: names, policies, the stages of an API, the functions
of an interface. They are additional details of the component that they belong to, with a type that begins with `netful:`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from netful.account.ec2.insights.components import OF_NETFUL, Record, component, header, interface
from netful.account.ec2.insights.rule_shapes import rule_of
from netful.account.ec2.view import View
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.trace.ends.sources import Source
from netful.model.core import Unknown

_STATIONS = frozenset({
    HopKind.SG_OUT, HopKind.SG_IN, HopKind.NACL_OUT, HopKind.NACL_IN, HopKind.ROUTE, HopKind.IGW, HopKind.EIGW, HopKind.NAT,
    HopKind.ENDPOINT, HopKind.PEERING, HopKind.TGW, HopKind.TGW_ROUTE, HopKind.VPN, HopKind.ENI, HopKind.CHECK,
    HopKind.LISTENER, HopKind.RULE, HopKind.TARGET_GROUP, HopKind.BPA, HopKind.GATEWAY,
})  # fmt: skip
"""Kinds of hops that are components in AWS's answer."""


def forward(view: View, path: Path, source: Source | None, start: str) -> Iterator[Record]:
    """Yield the components of the way out, from the source (`start` names a place without an interface) to what it reaches."""
    flows = [hop.flow for hop in path.hops if hop.flow]
    sender = source.interface if source is not None and not source.gate else None
    first = interface(view, sender) or {"Component": component(view, start)}
    if flows:
        first |= {"InboundHeader": header(flows[0]), "OutboundHeader": header(flows[0])}
    yield from _numbered([first, *_of_hops(view, path.hops), *_reached(view, path)])


def backward(view: View, path: Path) -> Iterator[Record]:
    """Yield the components of the way back."""
    yield from _numbered([*_of_hops(view, path.return_hops)])


def _numbered(rows: Sequence[Record]) -> Iterator[Record]:
    """Yield the components with their numbers; neighbours that are one component become one."""
    merged: list[Record] = []
    for row in rows:
        before = merged[-1] if merged else None
        if before is not None and _id(before) == _id(row) and not _rules(before, row):
            details = (*before.get("AdditionalDetails", ()), *row.get("AdditionalDetails", ()))
            before |= {**row, **({"AdditionalDetails": [*details]} if details else {})}
        else:
            merged.append({**row})
    yield from ({"SequenceNumber": number, **row} for number, row in enumerate(merged, 1))


def _id(row: Record) -> str:
    return str((row.get("Component") or {}).get("Id"))


def _rules(*rows: Record) -> bool:
    return any(key in row for row in rows for key in ("SecurityGroupRule", "AclRule", "RouteTableRoute"))


def _of_hops(view: View, hops: Sequence[Hop]) -> Iterator[Record]:
    """Yield the components of hops. A hop that AWS has no component for becomes a detail of the component before it."""
    found: list[Record] = []
    flow: Flow | None = None
    for hop in hops:
        if hop.flow:
            if found and flow is not None and header(flow) != header(hop.flow):
                found[-1]["OutboundHeader"] = header(hop.flow)
            flow = hop.flow
        if hop.kind in _STATIONS:
            found.append(_of_hop(view, hop))
        elif found:
            found[-1].setdefault("AdditionalDetails", []).append(_detail(view, hop))
        else:
            found.append(
                {"Component": {"Id": hop.component, "Name": hop.rule}, "AdditionalDetails": [_detail(view, hop)]}
            )
    yield from found


def _detail(view: View, hop: Hop) -> Record:
    """Return what netful knows beside AWS's analyzer."""
    own = component(view, hop.component) or {}
    return {"AdditionalDetailType": f"{OF_NETFUL}{hop.kind}:{hop.verdict}", "Component": {**own, "Name": hop.rule}}


def _of_hop(view: View, hop: Hop) -> Record:
    names = hop.component.split("+")
    own = _IN_NETWORK.get(hop.kind)
    around = own(view, names[0]) if own else {}
    return {"Component": component(view, names[0]), **rule_of(view, hop), **around}


def _within(part: str, view: View, name: str) -> Record:
    """Return what adds the VPC of a thing of a part."""
    thing = view.cloud.part(part).get(name)
    found = component(view, getattr(thing, "vpc_id", None)) if thing is not None else None
    return {"Vpc": found} if found else {}


def _nat(view: View, name: str) -> Record:
    own = next(iter(view.cloud.network.interfaces_of(name)), None)
    return {key: value for key, value in interface(view, own).items() if key in ("Subnet", "Vpc")} if own else {}


def _peering(view: View, name: str) -> Record:
    one = view.cloud.network.vpc_peering_connections.get(name)
    ends = (one.vpc_id, one.peer_vpc_id) if one else (None, None)
    return {"SourceVpc": component(view, ends[0]), "DestinationVpc": component(view, ends[1])}


def _transit_table(view: View, name: str) -> Record:
    table = view.cloud.network.transit_gateway_route_tables.get(name)
    return {"TransitGateway": component(view, table.transit_gateway_id)} if table else {}


def _endpoint(view: View, name: str) -> Record:
    one = view.cloud.network.vpc_endpoints.get(name)
    named = {"ServiceName": str(one.service_name)} if one and not isinstance(one.service_name, Unknown) else {}
    return {**named, **_within("vpc_endpoints", view, name)}


_IN_NETWORK: Mapping[HopKind, Callable[[View, str], Record]] = {
    HopKind.SG_OUT: partial(_within, "security_groups"),
    HopKind.SG_IN: partial(_within, "security_groups"),
    HopKind.NACL_OUT: partial(_within, "network_acls"),
    HopKind.NACL_IN: partial(_within, "network_acls"),
    HopKind.ROUTE: partial(_within, "route_tables"),
    HopKind.IGW: partial(_within, "internet_gateways"),
    HopKind.EIGW: partial(_within, "egress_only_internet_gateways"),
    HopKind.VPN: partial(_within, "vpn_gateways"),
    HopKind.NAT: _nat,
    HopKind.ENDPOINT: _endpoint,
    HopKind.PEERING: _peering,
    HopKind.TGW_ROUTE: _transit_table,
}


def _reached(view: View, path: Path) -> Iterator[Record]:
    """Yield the interface that the packets of a complete path reach."""
    last = next((hop for hop in reversed(path.hops) if hop.flow), None)
    eni = last.flow.destination.interface if last is not None and last.flow else None
    if path.verdict == "reachable" and eni is not None and last is not None and last.kind is not HopKind.OUTSIDE:
        yield interface(view, eni)
