"""Explanations of a path that does not exist, in AWS's shapes: one for each blocking hop, with the code of `trace`."""

from collections.abc import Iterator, Mapping

from netful.account.ec2.insights.components import Record, component, interface, port_range
from netful.account.ec2.insights.places import found_place
from netful.account.ec2.insights.rule_shapes import rule_of
from netful.account.ec2.insights.search import Found, Reason
from netful.account.ec2.view import View
from netful.engine.flows.flow import PROTOCOL_NAMES, Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.model.network.vpc import IPNetwork

_MEMBERS: Mapping[HopKind, str] = {
    HopKind.NACL_OUT: "Acl",
    HopKind.NACL_IN: "Acl",
    HopKind.ROUTE: "RouteTable",
    HopKind.IGW: "InternetGateway",
    HopKind.NAT: "NatGateway",
    HopKind.ENDPOINT: "VpcEndpoint",
    HopKind.PEERING: "VpcPeeringConnection",
    HopKind.TGW: "TransitGateway",
    HopKind.TGW_ROUTE: "TransitGatewayRouteTable",
    HopKind.VPN: "VpnGateway",
    HopKind.ENI: "NetworkInterface",
    HopKind.CHECK: "NetworkInterface",
    HopKind.LISTENER: "ElasticLoadBalancerListener",
    HopKind.TARGET_GROUP: "LoadBalancerTargetGroup",
}
"""The member of an explanation that names the component, by the kind of its hop."""

_EGRESS = (HopKind.SG_OUT, HopKind.NACL_OUT)
_INGRESS = (HopKind.SG_IN, HopKind.NACL_IN)
_GROUPS = (HopKind.SG_OUT, HopKind.SG_IN)


def explanations(view: View, found: Found) -> Iterator[Record]:
    """Yield an explanation for each reason without a hop, then one for each hop that denies."""
    yield from (_of_reason(view, reason) for reason in found.reasons)
    if found.path is not None:
        every = (*found.path.hops, *found.path.return_hops)
        yield from (explanation(view, hop) for hop in every if hop.verdict == "deny")


def _of_reason(view: View, reason: Reason) -> Record:
    place = found_place(view, reason.component)
    own = component(view, reason.component)
    vpc = (
        getattr(view.cloud.part(place.part).get(place.name), "vpc_id", None)
        if place and place.part in _IN_VPC
        else None
    )
    return {"ExplanationCode": reason.code, "Component": own, "Vpc": component(view, vpc)}


_IN_VPC = ("internet_gateways", "vpn_gateways", "vpc_endpoints")


def explanation(view: View, hop: Hop) -> Record:
    """Return the explanation of a hop that denies."""
    names = hop.component.split("+")
    row: Record = {"ExplanationCode": str(hop.code or ""), **rule_of(view, hop)}
    own = component(view, names[0])
    if hop.kind in _GROUPS:
        row |= {"SecurityGroups": [component(view, name) for name in names]}
    else:
        row |= {"Component": own}
    if hop.kind in _MEMBERS:
        row |= {_MEMBERS[hop.kind]: own}
    direction = "egress" if hop.kind in _EGRESS else "ingress" if hop.kind in _INGRESS else None
    row |= {"Direction": direction} if direction else {}
    return row | (_of_flow(view, hop, hop.flow) if hop.flow else {})


def _of_flow(view: View, hop: Hop, flow: Flow) -> Record:
    """Return the packets that a hop denies: addresses, protocol and ports, and the interface whose groups deny them."""
    ends = {HopKind.SG_OUT: flow.source, HopKind.SG_IN: flow.destination}
    around = interface(view, ends[hop.kind].interface if hop.kind in ends else None)
    return {
        "Cidrs": [str(one) for one in (_peer(hop, flow),) if one is not None],
        "PortRanges": [port_range(flow.destination.ports)],
        "Protocols": [PROTOCOL_NAMES.get(flow.protocol, str(flow.protocol))],
        **{name: around[name] for name in ("Component", "Subnet", "Vpc") if name in around},
        **({"NetworkInterface": around["Component"]} if "Component" in around else {}),
    }


def _peer(hop: Hop, flow: Flow) -> IPNetwork | None:
    return flow.source.address if hop.kind in _INGRESS else flow.destination.address
