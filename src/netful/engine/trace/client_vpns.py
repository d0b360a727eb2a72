"""Clients of a Client VPN endpoint: its authorization rules and its routes, before their packets enter the VPC.

Source: "How AWS Client VPN works".

1. Without an authorization rule for a destination, the endpoint drops its packets.
2. Each association gives the endpoint a route to its VPC; other destinations need a route of the endpoint.

Of a described endpoint neither the rules nor the routes are read: whether it lacks one is unknown.
"""

from collections.abc import Iterator, Sequence

from netful.engine.flows.blocks import in_vpc, is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, denied, unknown
from netful.engine.flows.flow import Flow, contains
from netful.engine.flows.kinds import HopKind
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.network.client_vpns import ClientVpnEndpoint
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPNetwork

_INTERNET = "0.0.0.0/0"


def judge(cloud: Cloud, sender: NetworkInterface, flow: Flow) -> Iterator[Found]:
    """Yield what the rules and the routes of a sender that is such an endpoint refuse or leave open."""
    endpoint = cloud.network.client_vpn_endpoints.get(sender.owner_id)
    if endpoint is None:
        return
    rules = [one for one in endpoint.rules if _covers(one.target_network_cidr, flow)]
    if not rules:
        code, blocks = Code.NETFUL_CLIENT_VPN_NOT_AUTHORIZED, [one.target_network_cidr for one in endpoint.rules]
        yield _lacking(endpoint, flow, "authorization rule", blocks, code)
    elif not any(one.authorize_all_groups for one in rules):
        yield Assumption(f"the client is in the group of {rules[0].id}")
    vpc = cloud.network.vpc_of_interface(sender)
    outside = vpc is not None and not in_vpc(vpc, flow.destination.address)
    if outside and not any(_covers(block, flow) for block in endpoint.routes):
        yield _lacking(endpoint, flow, "route", endpoint.routes, Code.NO_ROUTE_TO_DESTINATION)


def _covers(block: Maybe[IPNetwork], flow: Flow) -> bool:
    address = flow.destination.address
    return not isinstance(block, Unknown) and (address is None or contains(block, address))


def _lacking(
    endpoint: ClientVpnEndpoint, flow: Flow, what: str, blocks: Sequence[Maybe[IPNetwork]], code: Code
) -> Found:
    """Return the refusal for want of a rule or a route; unknown if one that is not known may be it."""
    address = flow.destination.address
    there = _INTERNET if is_public(address) else address or flow.destination
    missing = tuple(need for block in blocks if isinstance(block, Unknown) for need in block.needs)
    if missing:
        rule = f"no {what} for {there} is known"
        return unknown(HopKind.VPN, flow, endpoint.id, rule, missing, endpoint.origin)
    remedy = f"add the missing {what} for {there} to `{endpoint.id}`"
    return denied(HopKind.VPN, flow, endpoint, f"no {what} for {there}", code, remedy)
