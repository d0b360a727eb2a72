"""Ends of a destination: the addresses and interfaces that packets are sent to. Names are resolved from the source.

A name may have several addresses, and a resource several interfaces. A client may get any of them, so each is a separate
end, and the worst of their paths is the answer. They are of one address family, which client and destination have in common:
IPv4 if both have it. A client with IPv6 only that has DNS64 sends to an IPv4 address through NAT64.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from netful.engine.files import mounts
from netful.engine.flows.address_families import BOTH, IPV4, IPV6, address_of, ipv6_of, versions_of
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import End, network_of
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.load_balancers.load_balancer_names import serving
from netful.engine.names import dns64, on_premises_names, resolution, resource_gateways, service_connect
from netful.engine.names.api_names import has_ipv6
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
from netful.model.core import Frozen, Unknown
from netful.model.network.addresses import SERVICE_BLOCK
from netful.model.network.nat64 import NAT64_BLOCK, embedded
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress, IPNetwork, is_within

_PRIVATE = IPv4Network("10.0.0.0/8")
"""A private address that is not known."""


class DestinationEnd(Frozen):
    """An end to reach. `name` is the ruling on the name; `end` is None if the name has no address.

    `rule_ids` are the rules of the Resolver by which the name was asked for.
    """

    label: str
    end: End | None
    name: Ruling | None = None
    rule_ids: tuple[str, ...] = ()


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
    for eni in _meant(cloud, source, target.name, serving(cloud, target.interfaces, ports.first)):
        if source.outside is Outside.INTERNET6:
            yield DestinationEnd(target.name, End(ipv6_of(cloud, eni), ports, eni))
        elif eni.owner is InterfaceOwner.LOAD_BALANCER and eni.public_ip and IPV4 in _spoken(cloud, source):
            yield DestinationEnd(target.name, End(network_of(eni.public_ip), ports))
        else:
            yield DestinationEnd(target.name, replace(_end(cloud, source, eni, target.families), ports=ports))


def _meant(
    cloud: Cloud, source: Source, name: str, interfaces: tuple[NetworkInterface, ...]
) -> tuple[NetworkInterface, ...]:
    """Return the interfaces that a source means.

    For an instance with several, clients on the internet mean the public ones; a client of a file system means the mount target
    in its own zone.
    """
    if source.interface is not None and interfaces and mounts.file_system_of(cloud, interfaces[0].owner_id) == name:
        return mounts.in_zone_of(cloud, source.interface, interfaces) or interfaces
    several = len({eni.device_index for eni in interfaces}) > 1
    public = tuple(eni for eni in interfaces if eni.public_addresses())
    return public if several and public and source.outside is Outside.INTERNET else interfaces


def _spoken(cloud: Cloud, source: Source) -> frozenset[int]:
    """Return the address families of a source."""
    if source.interface is not None:
        return versions_of(cloud, source.interface)
    return frozenset({IPV6 if source.outside is Outside.INTERNET6 else IPV4})


def _version(cloud: Cloud, source: Source, there: frozenset[int]) -> int:
    """Return the family that a source uses to a destination with these families: IPv4 also where they have none in common."""
    return min(_spoken(cloud, source) & there, default=min(there, default=IPV4))


def _end(cloud: Cloud, source: Source, interface: NetworkInterface, given: frozenset[int] = BOTH) -> End:
    """Return the end at an interface. `given` are the families of the addresses that the client knows."""
    there = versions_of(cloud, interface) & given if source.interface is not None else frozenset({IPV4})
    version = _version(cloud, source, there)
    address = address_of(cloud, interface, version)
    if version == IPV4 and _uses_nat64(cloud, source):
        return End(_embedded(address))
    return End(address, interface=interface)


def _uses_nat64(cloud: Cloud, source: Source) -> bool:
    """Return whether a source sends to IPv4 addresses through NAT64: it has IPv6 only, and DNS64."""
    eni = source.interface
    return eni is not None and IPV4 not in versions_of(cloud, eni) and dns64.is_on(cloud, eni.subnet_id)


def _embedded(address: IPNetwork | None) -> IPNetwork:
    """Return the address of NAT64 for an IPv4 address, or the block of such addresses if it is not known."""
    if not isinstance(address, IPv4Network) or address.prefixlen < address.max_prefixlen:
        return NAT64_BLOCK
    return network_of(embedded(address.network_address))


def _of_host(cloud: Cloud, source: Source, target: HostDestination) -> Iterator[DestinationEnd]:
    vpc_id = vpc_id_of(cloud, source.interface) if source.interface else None
    if source.interface is not None and vpc_id is None:
        missing = needs(source.interface.subnet_id, f"subnet {source.interface.subnet_id}")
        rule = "which VPC asks is not known"
        unknown = Ruling("unknown", "dns", rule, missing=missing)
        yield DestinationEnd(target.label, End(None, target.service.ports), unknown)
        return
    answer = _asked(cloud, source, vpc_id, target.host)
    ruling = _ruling(answer)
    if answer.status in ("TIMEOUT", "NODATA") or answer.code is Code.NETFUL_DNS_FIREWALL_BLOCKED:
        answer = _asked(_with_resolver(cloud, vpc_id), source, vpc_id, target.host)
    if answer.status == "UNKNOWN":
        if answer.private and source.outside not in (None, Outside.ON_PREMISES, Outside.UNLOADED):
            ruling = Ruling("allow", ruling.component, f"private addresses by {answer.zone}", origin=answer.origin)
            yield DestinationEnd(target.label, End(_PRIVATE, target.service.ports), ruling)
            return
        yield DestinationEnd(target.label, End(None, target.service.ports), ruling, answer.rule_ids)
        return
    ruling = _without_ipv6(cloud, source, target.host, answer, ruling)
    if ruling.verdict == "unknown":
        yield DestinationEnd(target.label, End(None, target.service.ports), ruling, answer.rule_ids)
        return
    ends = tuple(_ends(cloud, source, vpc_id, _served(cloud, answer, target.service.ports.first)))
    for end in ends:
        yield DestinationEnd(target.label, replace(end, ports=target.service.ports), ruling, answer.rule_ids)
    if not ends:
        yield DestinationEnd(target.label, None, _without_addresses(target.host, ruling), answer.rule_ids)


def _without_addresses(host: str, ruling: Ruling) -> Ruling:
    """Return the ruling on a name that has no address to send to: which ones it has is not known, unless it is refused."""
    missing = (f"the addresses of {host}",)
    return replace(ruling, verdict="unknown", missing=missing) if ruling.verdict == "allow" else ruling


def _without_ipv6(cloud: Cloud, source: Source, host: str, answer: DnsAnswer, ruling: Ruling) -> Ruling:
    """Return the ruling on an API's name, whose IPv6 addresses netful does not have: a source with IPv6 may use these."""
    public = bool(answer.addresses) and all(one in SERVICE_BLOCK for one in answer.addresses)
    if not public or IPV6 not in _spoken(cloud, source) or not has_ipv6(cloud, host):
        return ruling
    if IPV4 in _spoken(cloud, source):
        note = f"{source.name} calls {host} by IPv4: it has IPv6 addresses, which are not known"
        return replace(ruling, assumptions=(*ruling.assumptions, note))
    return replace(ruling, verdict="unknown", rule=f"{ruling.rule}; its IPv6 addresses are not known")


def _asked(cloud: Cloud, source: Source, vpc_id: str | None, host: str) -> DnsAnswer:
    """Return the answer to a source, which is in a VPC (None: outside of any)."""
    if source.outside is Outside.ON_PREMISES:
        return on_premises_names.resolve(cloud, host)
    eni = source.interface
    if eni is not None and (public := resource_gateways.public_answer(cloud, eni, host)) is not None:
        return public
    answer = resolution.resolve(cloud, vpc_id, host)
    if source.outside is Outside.UNLOADED and answer.status == "NXDOMAIN":
        return DnsAnswer(host, status="UNKNOWN", zone="its own resolver", missing=(f"the addresses of {host}",))
    exists = answer.status != "NXDOMAIN"
    if eni is not None and service_connect.leads(cloud, eni, host, exists=exists):
        return DnsAnswer(host, status="UNKNOWN", zone="Service Connect", missing=(f"the addresses of {host}",))
    through_nat64 = eni is not None and dns64.is_on(cloud, eni.subnet_id)
    return dns64.synthesized(answer) if through_nat64 else answer


def _served(cloud: Cloud, answer: DnsAnswer, port: int) -> DnsAnswer:
    """Return the answer without the load balancer nodes that Route 53 omits because they have no usable target."""
    if answer.load_balancer_id is None:
        return answer
    nodes = serving(cloud, cloud.network.interfaces_of(answer.load_balancer_id), port)
    given = {address for node in nodes for address in (node.private_ip_address, node.public_ip, node.ipv6_address)}
    six = {embedded(address) for address in given if isinstance(address, IPv4Address)} | given
    return replace(
        answer,
        addresses=tuple(address for address in answer.addresses if address in given),
        ipv6_addresses=tuple(address for address in answer.ipv6_addresses if address in six),
    )


def _ends(cloud: Cloud, source: Source, vpc_id: str | None, answer: DnsAnswer) -> Iterator[End]:
    endpoint = cloud.network.vpc_endpoints.get(answer.endpoint_id or "")
    if endpoint is None:
        by_version: dict[int, tuple[IPAddress, ...]] = {IPV4: answer.addresses, IPV6: answer.ipv6_addresses}
        there = frozenset(version for version, given in by_version.items() if given)
        networks = [network_of(address) for address in by_version[_version(cloud, source, there)]]
        yield from (End(network, interface=_owner(cloud, vpc_id, network)) for network in networks)
        return
    every = (*answer.addresses, *answer.ipv6_addresses)
    for eni in endpoint_interfaces(cloud, endpoint):
        if not every or eni.private_ip_address in every or eni.ipv6_address in every:
            yield _end(cloud, source, eni, frozenset(address.version for address in every) or frozenset({IPV4, IPV6}))


def _ruling(answer: DnsAnswer) -> Ruling:
    component, notes = answer.endpoint_id or answer.rule_group_id or "dns", answer.assumptions
    if answer.status == "NOERROR":
        given = ", ".join(map(str, (*answer.addresses, *answer.ipv6_addresses))) or "addresses not known"
        rule = f"{given} by {answer.zone}"
        return Ruling("allow", component, rule, answer.code, answer.origin, assumptions=notes, remedy=answer.remedy)
    if answer.status == "UNKNOWN":
        rule = f"what {answer.zone} gives is not known"
        return Ruling("unknown", component, rule, origin=answer.origin, missing=answer.missing)
    if answer.code == Code.NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN:
        rule = f"no such name in {answer.zone}"
        return Ruling("deny", component, rule, answer.code, answer.origin, assumptions=notes)
    if answer.code is Code.NETFUL_DNS_FIREWALL_BLOCKED:
        return Ruling(
            "deny", component, answer.zone, answer.code, answer.origin, assumptions=notes, remedy=answer.remedy
        )
    rule = "no such name" if answer.status == "NXDOMAIN" else f"{answer.zone}: no answer"
    if answer.remedy:
        rule = f"{rule}: {answer.zone}"
    return Ruling("deny", component, rule, answer.code, answer.origin, assumptions=notes, remedy=answer.remedy)


def _with_resolver(cloud: Cloud, vpc_id: str | None) -> Cloud:
    """Return the cloud with a resolver in the VPC and no DNS Firewall, since a walk assumes every refusal to be fixed."""
    vpcs = dict(cloud.network.vpcs)
    if vpc_id in vpcs:
        vpcs[vpc_id] = replace(vpcs[vpc_id], enable_dns_support=True)
    return cloud.having(vpcs=vpcs, firewall_rule_group_associations={}, firewall_rule_groups={})


def _of_address(cloud: Cloud, source: Source, target: AddressDestination) -> Iterator[DestinationEnd]:
    """Yield an address, or every other interface with an address in a range.

    A range without interfaces, or beyond the blocks of the source's VPC, is an end itself.
    """
    ports = target.service.ports
    vpc_id = vpc_id_of(cloud, source.interface) if source.interface else None
    if target.named and target.network.version == IPV4 and _uses_nat64(cloud, source):
        yield DestinationEnd(target.label, End(_embedded(target.network), ports))
        return
    whole = target.network.prefixlen == target.network.max_prefixlen
    found = () if whole else [one for one in _within(cloud, vpc_id, target.network) if one != source.interface]
    for eni in found:
        yield DestinationEnd(target.label, End(address_of(cloud, eni, target.network.version), ports, eni))
    if not found or not _is_inside(cloud, vpc_id, target.network):
        owner = _owner(cloud, vpc_id, target.network) if whole else None
        yield DestinationEnd(target.label, End(target.network, ports, owner))


def _within(cloud: Cloud, vpc_id: str | None, network: IPNetwork) -> tuple[NetworkInterface, ...]:
    return tuple(
        eni
        for eni in cloud.network.network_interfaces.values()
        if vpc_id == vpc_id_of(cloud, eni)
        and any(a in network for a in (eni.private_ip_address, eni.ipv6_address) if a)
    )


def _is_inside(cloud: Cloud, vpc_id: str | None, network: IPNetwork) -> bool:
    """Return whether a range is within a block of a VPC, as far as its blocks are known."""
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id is not None else None
    blocks = vpc.blocks if vpc is not None else ()
    return vpc is None or any(isinstance(one, Unknown) or is_within(network, one) for one in blocks)


def _owner(cloud: Cloud, vpc_id: str | None, network: IPNetwork) -> NetworkInterface | None:
    """Return the interface with a private address: in the source's own VPC, else the only one in the cloud."""
    address = network.network_address
    here = cloud.network.interface_at(vpc_id, address) if vpc_id else None
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id else None
    if here or (vpc and any(address in block for block in vpc.known_blocks)):
        return here
    found = [eni for eni in cloud.network.interfaces_with(address) if address not in eni.public_addresses()]
    return found[0] if len(found) == 1 else None
