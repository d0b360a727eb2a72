"""Services that every interface reaches without groups, ACLs and routes: the VPC's resolver and link-local ones (§0.5)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow, network_of
from netful.engine.flows.ruling import Ruling
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPNetwork, Vpc

_RESOLVER = IPv4Network("169.254.169.253")
_METADATA = IPv4Network("169.254.169.254")
_TIME = IPv4Network("169.254.169.123")
_SERVICES: dict[IPNetwork, tuple[str, tuple[tuple[int, int], ...]]] = {
    _RESOLVER: ("resolver", ((UDP, 53), (TCP, 53))),
    _METADATA: ("instance metadata", ((TCP, 80),)),
    _TIME: ("time", ((UDP, 123),)),
}


def judge(cloud: Cloud, sender: NetworkInterface, flow: Flow) -> Ruling | None:
    """Return the ruling of such a service on a flow; None if the flow has another destination."""
    address, vpc = flow.destination.address, cloud.network.vpc_of_interface(sender)
    own = resolver_address(vpc) if vpc is not None else None
    if own is not None and address == network_of(own):
        address = _RESOLVER
    if address not in _SERVICES:
        return None
    name, served = _SERVICES[address]
    component = f"{vpc.id if vpc else 'VPC'} {name}"
    if (flow.protocol, flow.destination.ports.first) not in served:
        return Ruling("deny", component, f"answers only {name}", code=Code.NO_POSSIBLE_DESTINATION)
    if address == _RESOLVER and vpc is not None and not vpc.enable_dns_support:
        return Ruling("deny", component, "the VPC has no resolver", code=Code.NETFUL_DNS_NO_RESOLVER, origin=vpc.origin)
    if address == _METADATA and sender.owner is not InterfaceOwner.INSTANCE:
        return Ruling("deny", component, "only instances have metadata there", code=Code.NO_POSSIBLE_DESTINATION)
    return Ruling("allow", component, "groups, ACLs and routes do not apply")


def resolver_address(vpc: Vpc) -> IPv4Address | None:
    """Return the address of a VPC's resolver: the base of its primary block, plus two."""
    first = vpc.cidr_blocks[0] if vpc.cidr_blocks else None
    return None if first is None or isinstance(first, Unknown) else first.network_address + 2
