"""A flow as seen at one point of its way: protocol and two ends.

Rules:
1. An end's address is a network, so that one address (/32) and a range have the same type; None is an unknown address.
2. An end keeps its interface while its identity is preserved. Translation (NAT, a public address) loses the interface, and
   with it every match by a security group reference (vpc-network §2.2).
3. Ports are inclusive ranges: the port that a client will choose is not known, only its range (§3).
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network

from netful.model.core import Frozen
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.vpc import IPAddress, IPNetwork

ECHO_REQUEST, ECHO_REPLY = 8, 0
ECHO_REQUEST6, ECHO_REPLY6 = 128, 129
ECHO_CODE = 0
PROTOCOL_NAMES = {ALL_PROTOCOLS: "all", ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMPV6: "icmpv6"}


class Ports(Frozen):
    """An inclusive range of ports."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


ANY_PORT = Ports(0, 65535)
AWS_EPHEMERAL = Ports(1024, 65535)
"""Ports that Lambda, NAT gateways and load balancers choose from (§3)."""
HOST_EPHEMERAL = Ports(32768, 60999)
"""Ports that a Linux host chooses from (§3)."""


class End(Frozen):
    """One end of a flow, as seen at this point.

    `identity_lost`: rules cannot refer to its groups. `forwarded`: `interface` is the middlebox's that sends it on as its own, so
    rules can refer to the middlebox's groups, not to the sender's.
    """

    address: IPNetwork | None
    ports: Ports = ANY_PORT
    interface: NetworkInterface | None = None
    identity_lost: bool = False
    forwarded: bool = False

    def __str__(self) -> str:
        if self.address is None:
            return self.interface.owner_id if self.interface else "an unknown address"
        return single_address(self.address) or str(self.address)


class Flow(Frozen):
    """A flow. For ICMP, `icmp_type` is echo request on the way out and echo reply on the way back."""

    protocol: int
    source: End
    destination: End
    icmp_type: int = ECHO_REQUEST

    def reply(self) -> Flow:
        """Return the flow of the answers."""
        echo = ECHO_REPLY6 if self.protocol == ICMPV6 else ECHO_REPLY
        return Flow(self.protocol, self.destination, self.source, echo)

    def translated(self, address: IPNetwork | None, ports: Ports) -> Flow:
        """Return the flow with another source, whose interface is no longer known."""
        return replace(self, source=End(address, ports, identity_lost=True))

    @property
    def service(self) -> str:
        """Protocol and destination port in users' notation: `tcp/443`, `icmp`."""
        name = PROTOCOL_NAMES.get(self.protocol, str(self.protocol))
        return f"{name}/{self.destination.ports}" if self.protocol in (TCP, UDP) else name

    def __str__(self) -> str:
        return f"{self.service} to {self.destination}"


def network_of(address: IPAddress) -> IPNetwork:
    """Return the network that contains only this address."""
    return IPv6Network(int(address)) if isinstance(address, IPv6Address) else IPv4Network(int(address))


def single_address(network: IPNetwork | None) -> str:
    """Return the address of a network that contains only one; "" for a larger one, and if it is not known."""
    single = network is not None and network.prefixlen == network.max_prefixlen
    return str(network.network_address) if network is not None and single else ""


def ipv4_of(interface: NetworkInterface) -> IPNetwork | None:
    """Return an interface's private address, as a network."""
    return network_of(interface.private_ip_address) if interface.private_ip_address else None


def contains(block: IPNetwork, address: IPNetwork) -> bool:
    """Return whether a block contains a whole range."""
    return block.prefixlen <= address.prefixlen and _agree(block, address, block.prefixlen)


def overlaps(block: IPNetwork, address: IPNetwork) -> bool:
    """Return whether a block contains any part of a range."""
    return _agree(block, address, min(block.prefixlen, address.prefixlen))


def _agree(one: IPNetwork, other: IPNetwork, bits: int) -> bool:
    """Return whether two blocks are of one family and share their first bits (six times as fast as `subnet_of`)."""
    if one.version != other.version:
        return False
    return (int(one.network_address) ^ int(other.network_address)) >> (one.max_prefixlen - bits) == 0
