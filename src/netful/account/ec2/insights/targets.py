"""Destinations of an analysis: the ends that a place stands for, and the component at which a path to it is complete."""

from collections.abc import Callable, Iterator, Mapping

from netful.account.ec2.insights.headers import Header
from netful.account.ec2.insights.places import AWS_SERVICES, INSTANCES, Place
from netful.account.ec2.insights.sources import attachments_of, blocks_behind, has_address, peers
from netful.engine.flows.flow import network_of
from netful.engine.network import on_premises
from netful.engine.trace.ends.destination_words import endpoint_interfaces
from netful.engine.trace.ends.destinations import AddressDestination, Destination, InterfaceDestination, Service
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.names.service_names import GATEWAY_SERVICES
from netful.model.network import addresses
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPNetwork
from netful.model.network.vpc_endpoints import EndpointType


class Target(Frozen):
    """An end of an analysis.

    `at` is the component at which the path is complete, although packets go on; "" if that is the end of the packets' way.
    `one_way`: only the way to it is judged. `interfaces` are those that the packets must reach, if any.
    """

    destination: Destination
    at: str = ""
    one_way: bool = False
    interfaces: tuple[NetworkInterface, ...] = ()


def targets_of(
    cloud: Cloud, place: Place | None, header: Header, service: Service, other: str | None
) -> Iterator[Target]:
    """Yield the targets of a place; without a place, the address of the header. `other` is the VPC of the source."""
    if place is not None:
        yield from _TARGETS[place.part](cloud, place.name, header, service, other)
    elif header.destination is not None:
        yield Target(_address(header.destination, service))


def _address(network: IPNetwork, service: Service) -> AddressDestination:
    whole = network.prefixlen == network.max_prefixlen
    return AddressDestination(network, service, str(network.network_address if whole else network))


def _interfaces(found: tuple[NetworkInterface, ...], name: str, header: Header, service: Service) -> Iterator[Target]:
    if header.destination is not None:
        yield Target(_address(header.destination, service), interfaces=found)
        return
    yield from (Target(InterfaceDestination(name, (eni,), service), interfaces=(eni,)) for eni in found)


def _instance(cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    found = sorted(cloud.network.interfaces_of(name), key=lambda eni: eni.device_index)
    yield from _interfaces(tuple(found), name, header, service)


def _interface(cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    yield from _interfaces((cloud.network.network_interfaces[name],), name, header, service)


def _internet(_cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    yield Target(_address(header.destination or network_of(addresses.INTERNET_HOST), service), name)


def _on_premises(cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    yield from _behind(header, on_premises.blocks(cloud), service, name)


def _attachment(cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    attachment = cloud.network.transit_gateway_attachments[name]
    yield from _behind(header, blocks_behind(cloud, attachment), service, name)


def _transit_gateway(cloud: Cloud, name: str, header: Header, service: Service, other: str | None) -> Iterator[Target]:
    blocks = [block for one in attachments_of(cloud, name, other) for block in blocks_behind(cloud, one)]
    yield from _behind(header, tuple(blocks), service, name)


def _peering(cloud: Cloud, name: str, header: Header, service: Service, other: str | None) -> Iterator[Target]:
    blocks = [block for vpc in peers(cloud, name, other) for block in vpc.cidr_blocks]
    yield from _behind(header, tuple(blocks), service, name)


def _behind(header: Header, blocks: tuple[object, ...], service: Service, at: str) -> Iterator[Target]:
    """Yield the addresses behind a gateway: the one that is asked for, else whole blocks."""
    for block in (header.destination,) if header.destination else blocks:
        if block is not None and not isinstance(block, Unknown):
            yield Target(_address(block, service), at, one_way=True)  # type: ignore[arg-type]


def _endpoint(cloud: Cloud, name: str, header: Header, service: Service, _other: str | None) -> Iterator[Target]:
    endpoint = cloud.network.vpc_endpoints[name]
    if endpoint.type is EndpointType.GATEWAY:
        known = endpoint.service in GATEWAY_SERVICES
        block = addresses.prefix_list_block(endpoint.service, cloud.region) if known else None
        wanted = header.destination or (network_of(block[1]) if block else None)
        if wanted is not None:
            yield Target(_address(wanted, service), name)
        return
    found = endpoint_interfaces(cloud, endpoint)
    wanted_ones = tuple(eni for eni in found if header.destination is None or has_address(eni, header.destination))
    for eni in wanted_ones or found:
        yield Target(InterfaceDestination(name, (eni,), service), interfaces=(eni,))


def _own_service(cloud: Cloud, name: str, header: Header, service: Service, other: str | None) -> Iterator[Target]:
    yield from _by_endpoints(cloud, cloud.network.vpc_endpoint_services[name].service_name, header, service, other)


def _by_endpoints(
    cloud: Cloud, service_name: str, header: Header, service: Service, other: str | None
) -> Iterator[Target]:
    """Yield the endpoints of a service, those in the source's VPC first."""
    every = [one for one in cloud.network.vpc_endpoints.values() if one.service_name == service_name]
    for endpoint in sorted(every, key=lambda one: one.vpc_id != other):
        yield from _endpoint(cloud, endpoint.id, header, service, other)


_TARGETS: Mapping[str, Callable[[Cloud, str, Header, Service, str | None], Iterator[Target]]] = {
    INSTANCES: _instance,
    "network_interfaces": _interface,
    "internet_gateways": _internet,
    "vpn_gateways": _on_premises,
    "transit_gateways": _transit_gateway,
    "transit_gateway_attachments": _attachment,
    "vpc_peering_connections": _peering,
    "vpc_endpoints": _endpoint,
    "vpc_endpoint_services": _own_service,
    AWS_SERVICES: _by_endpoints,
}
