"""Packet headers of an analysis: what the packets look like at the source, and what they must look like at the destination."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from netful.account.wire.errors import invalid_value
from netful.engine.flows.flow import ANY_PORT, Flow, Ports, contains
from netful.model.core import Frozen, whole_number
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPNetwork

PROTOCOLS = {"tcp": TCP, "udp": UDP}
_ADDRESSES = ("SourceAddress", "DestinationAddress")
_PORTS = ("SourcePortRange", "DestinationPortRange")


class Header(Frozen):
    """Addresses and ports of packets; None stands for any."""

    source: IPNetwork | None = None
    source_ports: Ports | None = None
    destination: IPNetwork | None = None
    destination_ports: Ports | None = None

    def mismatches(self, flow: Flow) -> Iterator[str]:
        """Yield the ends of the codes for what differs between this header and a flow: `SOURCE_ADDRESS` and so on."""
        addresses = ((self.source, flow.source, "SOURCE"), (self.destination, flow.destination, "DESTINATION"))
        for wanted, end, side in addresses:
            if wanted is not None and end.address is not None and not _meet(wanted, end.address):
                yield f"{side}_ADDRESS"
        ports = ((self.source_ports, flow.source, "SOURCE"), (self.destination_ports, flow.destination, "DESTINATION"))
        for range_, end, side in ports:
            if range_ is not None and (range_.last < end.ports.first or end.ports.last < range_.first):
                yield f"{side}_PORT_RANGE"


def _meet(one: IPNetwork, other: IPNetwork) -> bool:
    return contains(one, other) or contains(other, one)


def at_source(path: Mapping[str, Any]) -> Header:
    """Return the header of a path's packets at its source. Raises ApiError for a value that is not one."""
    header = _filter(path.get("FilterAtSource") or {})
    port = whole_number(path.get("DestinationPort"))
    return Header(
        header.source or address_in(path.get("SourceIp"), "SourceIp"),
        header.source_ports,
        header.destination or address_in(path.get("DestinationIp"), "DestinationIp"),
        header.destination_ports
        or (_ports({"FromPort": port, "ToPort": port}, "DestinationPort") if port is not None else None),
    )


def at_destination(path: Mapping[str, Any]) -> Header:
    """Return the header that a path's packets must have at its destination. Raises ApiError for a value that is not one."""
    return _filter(path.get("FilterAtDestination") or {})


def _filter(given: Mapping[str, Any]) -> Header:
    source, destination = (address_in(given.get(name), name) for name in _ADDRESSES)
    source_ports, destination_ports = (_ports(given.get(name), name) for name in _PORTS)
    return Header(source, source_ports, destination, destination_ports)


def address_in(text: object, name: str) -> IPv4Network | None:
    """Return an IPv4 address or block of a request; None without one. Raises ApiError for another text."""
    if text in (None, ""):
        return None
    try:
        network = ip_network(str(text), strict=False)
    except ValueError:
        raise invalid_value(f"Value ({text}) for parameter {name} is invalid.") from None
    if not isinstance(network, IPv4Network):
        raise invalid_value(f"Value ({text}) for parameter {name} is invalid. IPv6 is not supported.")
    return network


def _ports(given: object, name: str) -> Ports | None:
    if not isinstance(given, Mapping):
        return None
    first = whole_number(given.get("FromPort"), ANY_PORT.first)
    last = whole_number(given.get("ToPort"), ANY_PORT.last)
    if not ANY_PORT.first <= first <= last <= ANY_PORT.last:
        raise invalid_value(f"Value ({first}-{last}) for parameter {name} is invalid.")
    return Ports(first, last)


def ports_in(text: str, name: str) -> Ports:
    """Return the ports that a text names, such as `443` or `80-90`. Raises ApiError for another text."""
    first, _, last = text.partition("-")
    found = _ports({"FromPort": first, "ToPort": last or first}, name)
    if found is None or not first.isdecimal():
        raise invalid_value(f"Value ({text}) for parameter {name} is invalid.")
    return found
