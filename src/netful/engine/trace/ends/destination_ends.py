"""Ends of a destination: the addresses and interfaces that packets are sent to. Names are resolved from the source.

A name may have several addresses, and a resource several interfaces. A client may get any of them, so each is a separate
end, and the worst of their paths is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from netful.engine.flows import ipv6
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import End, ipv4_of, network_of
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.load_balancers.load_balancer_names import serving
from netful.engine.names import on_premises_names, resolution
from netful.engine.names.resolution import DnsAnswer
from netful.engine.network import on_premises
from netful.engine.network.packet import vpc_id_of
from netful.engine.trace.ends.destination_words import endpoint_interfaces
from netful.engine.trace.ends.destinations import (
    AddressDestination,
    HostDestination,
    InterfaceDestination,
    OnPremisesDestination,
)
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork


@dataclass(frozen=True, slots=True)
class DestinationEnd:
    """An end to reach. `name` is the ruling on the name; `end` is None if the name has no address."""

    label: str
    end: End | None
    name: Ruling | None = None


Reachable = HostDestination | AddressDestination | OnPremisesDestination | InterfaceDestination


def ends_of(cloud: Cloud, source: Source, target: Reachable) -> tuple[DestinationEnd, ...]:
    """Return the ends that a source has to reach for a target."""
    if isinstance(target, HostDestination):
        return tuple(_of_host(cloud, source, target))
    if isinstance(target, AddressDestination):
        return tuple(_of_address(cloud, source, target))
    if isinstance(target, OnPremisesDestination):
        blocks = on_premises.blocks(cloud) or (None,)
        return tuple(DestinationEnd(target.label, End(block, target.service.ports)) for block in blocks)
    return tuple(_of_interfaces(cloud, source, target))


def _of_interfaces(cloud: Cloud, source: Source, target: InterfaceDestination) -> Iterator[DestinationEnd]:
    """Yield every interface; for a load balancer, its nodes with the addresses that its name resolves to (§4.1)."""
    ports = target.service.ports
    for eni in _meant(source, serving(cloud, target.interfaces, ports.first)):
        if source.outside is Outside.INTERNET6:
            yield DestinationEnd(target.name, End(ipv6.address_of(cloud, eni), ports, eni))
        elif eni.owner is InterfaceOwner.LOAD_BALANCER and eni.public_ip and source.interface is not None:
            yield DestinationEnd(target.name, End(network_of(eni.public_ip), ports))
        else:
            yield DestinationEnd(target.name, replace(_end(eni), ports=ports))


def _meant(source: Source, interfaces: tuple[NetworkInterface, ...]) -> tuple[NetworkInterface, ...]:
    """Return the interfaces that a source means: for an instance with several, clients on the internet mean the public ones."""
    several = len({eni.device_index for eni in interfaces}) > 1
    public = tuple(eni for eni in interfaces if eni.public_addresses())
    return public if several and public and source.outside is Outside.INTERNET else interfaces


def _end(interface: NetworkInterface) -> End:
    return End(ipv4_of(interface), interface=interface)


def _of_host(cloud: Cloud, source: Source, target: HostDestination) -> Iterator[DestinationEnd]:
    vpc_id = vpc_id_of(cloud, source.interface) if source.interface else None
    if source.interface is not None and vpc_id is None:
        missing = needs(source.interface.subnet_id, f"subnet {source.interface.subnet_id}")
        rule = "which VPC asks is not known"
        unknown = Ruling("unknown", "dns", rule, missing=missing)
        yield DestinationEnd(target.label, End(None, target.service.ports), unknown)
        return
    asks_there = source.outside is Outside.ON_PREMISES
    answer = _asked(cloud, vpc_id, target.host, there=asks_there)
    ruling = _ruling(answer)
    if answer.status in ("TIMEOUT", "NODATA") or answer.code is Code.NETFUL_DNS_FIREWALL_BLOCKED:
        answer = _asked(_with_resolver(cloud, vpc_id), vpc_id, target.host, there=asks_there)
    if answer.status == "UNKNOWN":
        yield DestinationEnd(target.label, End(None, target.service.ports), ruling)
        return
    ends = tuple(_ends(cloud, vpc_id, _served(cloud, answer, target.service.ports.first)))
    for end in ends:
        yield DestinationEnd(target.label, replace(end, ports=target.service.ports), ruling)
    if not ends:
        yield DestinationEnd(target.label, None, ruling)


def _asked(cloud: Cloud, vpc_id: str | None, host: str, *, there: bool) -> DnsAnswer:
    """Return the answer to a client in a VPC, or on-premises (`there`)."""
    return on_premises_names.resolve(cloud, host) if there else resolution.resolve(cloud, vpc_id, host)


def _served(cloud: Cloud, answer: DnsAnswer, port: int) -> DnsAnswer:
    """Return the answer without the load balancer nodes that Route 53 omits because they have no usable target."""
    if answer.load_balancer_id is None:
        return answer
    nodes = serving(cloud, cloud.network.interfaces_of(answer.load_balancer_id), port)
    given = {address for node in nodes for address in (node.private_ip_address, node.public_ip)}
    return replace(answer, addresses=tuple(address for address in answer.addresses if address in given))


def _ends(cloud: Cloud, vpc_id: str | None, answer: DnsAnswer) -> Iterator[End]:
    endpoint = cloud.network.vpc_endpoints.get(answer.endpoint_id) if answer.endpoint_id else None
    if endpoint is None:
        networks = [network_of(address) for address in answer.addresses or answer.ipv6_addresses]
        yield from (End(network, interface=_owner(cloud, vpc_id, network)) for network in networks)
        return
    for eni in endpoint_interfaces(cloud, endpoint):
        if not answer.addresses or eni.private_ip_address in answer.addresses:
            yield _end(eni)


def _ruling(answer: DnsAnswer) -> Ruling:
    component = answer.endpoint_id or answer.rule_group_id or "dns"
    if answer.status == "NOERROR":
        given = ", ".join(map(str, (*answer.addresses, *answer.ipv6_addresses))) or "addresses not known"
        rule = f"{given} by {answer.zone}"
        notes, remedy = answer.assumptions, answer.remedy
        return Ruling("allow", component, rule, answer.code, answer.origin, assumptions=notes, remedy=remedy)
    if answer.status == "UNKNOWN":
        rule = f"what {answer.zone} gives is not known"
        return Ruling("unknown", component, rule, origin=answer.origin, missing=answer.missing)
    if answer.code == Code.NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN:
        return Ruling("deny", component, f"no such name in {answer.zone}", answer.code, answer.origin)
    if answer.code is Code.NETFUL_DNS_FIREWALL_BLOCKED:
        notes = answer.assumptions
        return Ruling(
            "deny", component, answer.zone, answer.code, answer.origin, assumptions=notes, remedy=answer.remedy
        )
    rule = "no such name" if answer.status == "NXDOMAIN" else f"{answer.zone}: no answer"
    return Ruling("deny", component, rule, answer.code, answer.origin)


def _with_resolver(cloud: Cloud, vpc_id: str | None) -> Cloud:
    """Return the cloud with a resolver in the VPC and no DNS Firewall, since a walk assumes every refusal to be fixed."""
    vpcs = dict(cloud.network.vpcs)
    if vpc_id in vpcs:
        vpcs[vpc_id] = replace(vpcs[vpc_id], enable_dns_support=True)
    return cloud.having(vpcs=vpcs, firewall_rule_group_associations={}, firewall_rule_groups={})


def _of_address(cloud: Cloud, source: Source, target: AddressDestination) -> Iterator[DestinationEnd]:
    """Yield an address, or every interface with an address in a range; a range without interfaces is one end."""
    ports = target.service.ports
    vpc_id = vpc_id_of(cloud, source.interface) if source.interface else None
    whole = target.network.prefixlen == target.network.max_prefixlen
    found = () if whole else _within(cloud, vpc_id, target.network)
    for eni in found:
        yield DestinationEnd(target.label, replace(_end(eni), ports=ports))
    if not found:
        owner = _owner(cloud, vpc_id, target.network) if whole else None
        yield DestinationEnd(target.label, End(target.network, ports, owner))


def _within(cloud: Cloud, vpc_id: str | None, network: IPNetwork) -> tuple[NetworkInterface, ...]:
    return tuple(
        eni
        for eni in cloud.network.network_interfaces.values()
        if eni.private_ip_address and eni.private_ip_address in network and vpc_id == vpc_id_of(cloud, eni)
    )


def _owner(cloud: Cloud, vpc_id: str | None, network: IPNetwork) -> NetworkInterface | None:
    """Return the interface with a private address: in the source's own VPC, else the only one in the cloud."""
    address = network.network_address
    here = cloud.network.interface_at(vpc_id, address) if vpc_id else None
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id else None
    if here or (vpc and any(not isinstance(block, Unknown) and address in block for block in vpc.cidr_blocks)):
        return here
    found = [eni for eni in cloud.network.interfaces_with(address) if address not in eni.public_addresses()]
    return found[0] if len(found) == 1 else None
