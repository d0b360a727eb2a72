"""Addresses that no network carries: services that interfaces reach without groups, ACLs and routes (§0.5), and the host's own.

Packets to a link-local address are never forwarded (§1.6). Those of VPC Lattice and of multicast lead on where resources that
netful does not read are in place (newer-aws §7.2).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Network

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow, contains, network_of
from netful.engine.flows.ruling import Ruling
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPNetwork, Vpc

_RESOLVER = IPv4Network("169.254.169.253")
_METADATA = IPv4Network("169.254.169.254")
_TIME = IPv4Network("169.254.169.123")
_TASK = IPv4Network("169.254.170.2")
_BY_IPV6: dict[IPNetwork, IPv4Network] = {
    IPv6Network("fd00:ec2::253"): _RESOLVER,
    IPv6Network("fd00:ec2::254"): _METADATA,
    IPv6Network("fd00:ec2::123"): _TIME,
}
_SERVICES: dict[IPNetwork, tuple[str, tuple[tuple[int, int], ...]]] = {
    _RESOLVER: ("resolver", ((UDP, 53), (TCP, 53))),
    _METADATA: ("instance metadata", ((TCP, 80),)),
    _TIME: ("time", ((UDP, 123),)),
    _TASK: ("task metadata", ((TCP, 80),)),
}
_OWNERS: dict[IPNetwork, tuple[str, InterfaceOwner]] = {
    _METADATA: ("instances", InterfaceOwner.INSTANCE),
    _TASK: ("tasks", InterfaceOwner.SERVICE),
}
"""The owners of interfaces that have a service."""

_NOT_READ: dict[IPNetwork, str] = {
    IPv4Network("169.254.171.0/24"): "the services of VPC Lattice in {}",
    IPv6Network("fd00:ec2:80::/64"): "the services of VPC Lattice in {}",
    IPv4Network("224.0.0.0/4"): "the multicast groups of {}",
    IPv6Network("ff00::/8"): "the multicast groups of {}",
}
_LINK = "a link-local address, to which packets are never forwarded"
_OWN = "an address of the client's own host"
_NO_ADDRESS = "no address of a host"
_KEPT: dict[IPNetwork, str] = {
    IPv4Network("169.254.0.0/16"): _LINK,
    IPv6Network("fe80::/10"): _LINK,
    IPv6Network("fd00:ec2::/32"): _LINK,
    IPv4Network("127.0.0.0/8"): _OWN,
    IPv6Network("::1"): _OWN,
    IPv4Network("0.0.0.0/8"): _NO_ADDRESS,
    IPv4Network("240.0.0.0/4"): _NO_ADDRESS,
}


def judge(cloud: Cloud, sender: NetworkInterface, flow: Flow) -> Ruling | None:
    """Return the ruling on a flow to such an address; None if the flow has another destination."""
    address, vpc = flow.destination.address, cloud.network.vpc_of_interface(sender)
    own = resolver_address(vpc) if vpc is not None else None
    if own is not None and address == network_of(own):
        address = _RESOLVER
    address = _BY_IPV6.get(address, address) if address is not None else None
    if address is None or address not in _SERVICES:
        return _kept(vpc, flow)
    name, served = _SERVICES[address]
    component = f"{vpc.id if vpc else 'VPC'} {name}"
    if (flow.protocol, flow.destination.ports.first) not in served:
        return Ruling("deny", component, f"answers only {name}", code=Code.NO_POSSIBLE_DESTINATION)
    if address == _RESOLVER and vpc is not None and not vpc.enable_dns_support:
        return Ruling("deny", component, "the VPC has no resolver", code=Code.NETFUL_DNS_NO_RESOLVER, origin=vpc.origin)
    owners, owner = _OWNERS.get(address, ("", sender.owner))
    if sender.owner is not owner:
        return Ruling("deny", component, f"only {owners} have metadata there", code=Code.NO_POSSIBLE_DESTINATION)
    return Ruling("allow", component, "groups, ACLs and routes do not apply")


def _kept(vpc: Vpc | None, flow: Flow) -> Ruling | None:
    """Return the ruling on a flow to an address that no router forwards to."""
    address, place = flow.destination.address, vpc.id if vpc else "VPC"
    if address is None:
        return None
    for block, what in _NOT_READ.items():
        if contains(block, address):
            return Ruling("unknown", place, "netful does not read what answers there", missing=(what.format(place),))
    why = next((why for block, why in _KEPT.items() if contains(block, address)), "")
    return Ruling("deny", place, f"{flow.destination} is {why}", code=Code.NO_POSSIBLE_DESTINATION) if why else None


def resolver_address(vpc: Vpc) -> IPv4Address | None:
    """Return the address of a VPC's resolver: the base of its primary block, plus two."""
    first = vpc.cidr_blocks[0] if vpc.cidr_blocks else None
    return None if first is None or isinstance(first, Unknown) else first.network_address + 2
