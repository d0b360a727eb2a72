"""A node of the fabric: a namespace with its route socket, and the links between two of them.

Every link is a veth pair. One side is the router's: all router ends share one MAC address, so that a single permanent
neighbour entry (`GATEWAY`) serves every leaf; the other side gets a MAC made from the link's number (fabric §1).
"""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import count

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink
from netful.model.core import Frozen
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress, IPNetwork

GATEWAY, GATEWAY6 = IPv4Address("169.254.1.1"), IPv6Address("fe80:ec2::1")
"""The next hops of every leaf. No interface has them: permanent neighbour entries resolve them."""

NEXT_HOP6 = IPv6Address("fe80:ec2::64")
"""The address of a leaf that forwards IPv6 without having a public address: it gives the leaf its way back to the router."""

EVERYWHERE, EVERYWHERE6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
GATEWAYS: dict[int, IPAddress] = {4: GATEWAY, 6: GATEWAY6}
_EVERYWHERE: dict[int, IPNetwork] = {4: EVERYWHERE, 6: EVERYWHERE6}
ROUTER_MAC = bytes([2, 0x4E, 0xFF, 0, 0, 1])
FAR_ROUTER_MAC = bytes([2, 0x4E, 0xFF, 0, 0, 2])
LEAF_LINK = 10  # the interface number of eth0 in a leaf
MTU = 1500

_ROUTER_LINKS = count(1000)

ROUTER_SYSCTLS: dict[str, int | str] = {
    "ipv4/ip_forward": 1,
    "ipv4/ip_early_demux": 0,  # a router has no sockets for what passes, and would look for one with each packet
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/conf/all/send_redirects": 0,
    "ipv4/conf/default/send_redirects": 0,
}
_WITHOUT_IPV6: dict[str, int | str] = {"ipv6/conf/all/disable_ipv6": 1, "ipv6/conf/default/disable_ipv6": 1}
# Links get no automatic address and send no neighbour discovery: neighbours are permanent entries.
_WITH_IPV6: dict[str, int | str] = {"ipv6/conf/all/forwarding": 1, "ipv6/conf/default/addr_gen_mode": 1}
# Strict reverse path filter, for routers whose neighbours' addresses are all known. Not for a VPC's router: its tables
# differ by direction, and its own check uses the interfaces' addresses.
STRICT_SOURCES: dict[str, int | str] = {"ipv4/conf/all/rp_filter": 1}


class Node:
    """A namespace whose configuration changes over its life: a router, a gateway, or a leaf with an interface.

    `ipv6`: True if a router carries IPv6.
    """

    def __init__(self, netns: Netns, *, router: bool = False, ipv6: bool = False) -> None:
        self.netns = netns
        self.ipv6 = ipv6
        self.rtnetlink = Rtnetlink(netns)
        if router:
            netns.sysctl(ROUTER_SYSCTLS | (_WITH_IPV6 if ipv6 else _WITHOUT_IPV6))
        self.rtnetlink.up(LOOPBACK)
        self.rtnetlink.flush()

    def close(self) -> None:
        """Close the namespace and its route socket."""
        self.rtnetlink.close()
        self.netns.close()


def leaf_mac(number: int) -> bytes:
    """Return the MAC address of the leaf's end of a link."""
    return bytes([2, 0x4E, number >> 24 & 0xFF, number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF])


def addresses_of(interface: NetworkInterface) -> list[IPAddress]:
    """Return an interface's own addresses, the primary private one first, the IPv6 one last."""
    every = (interface.private_ip_address, *interface.secondary_private_ip_addresses, interface.ipv6_address)
    return [address for address in every if address is not None]


def host_block(address: IPAddress) -> IPNetwork:
    """Return the block that contains only this address."""
    return IPv4Network(address) if isinstance(address, IPv4Address) else IPv6Network(address)


class LeafLink(Frozen):
    """A link to a leaf, from its router's side: the router's route socket, and the link number of the router's end."""

    router: Rtnetlink
    number: int

    def configure(self, leaf: Rtnetlink, addresses: Sequence[IPAddress]) -> None:
        """Assign the leaf's addresses and one default route for each family. Packets from the router then arrive."""
        leaf.up(LEAF_LINK)
        for address in addresses:
            leaf.address(address, LEAF_LINK)
        for version in {address.version for address in addresses}:
            leaf.neighbour(GATEWAYS[version], ROUTER_MAC, LEAF_LINK)
            leaf.route(_EVERYWHERE[version], link=LEAF_LINK, via=GATEWAYS[version])
        leaf.flush()
        self.router.settle(self.number)
        self.router.flush()


def join_leaf(
    router: Node, leaf: Netns, name: str, addresses: Sequence[IPAddress], *, group: int = 0, bursts: bool = True
) -> LeafLink:
    """Link a leaf to a router and add the routes to the leaf's addresses. The leaf's side must still be configured."""
    number = next(_ROUTER_LINKS)
    mac = leaf_mac(number)
    rtnetlink = router.rtnetlink
    rtnetlink.veth(
        name, number, mac=ROUTER_MAC, peer=leaf, peer_index=LEAF_LINK, peer_mac=mac, group=group, mtu=MTU, bursts=bursts
    )  # fmt: skip
    for address in addresses:
        rtnetlink.route(host_block(address), link=number)
        rtnetlink.neighbour(address, mac, number)
    rtnetlink.flush()
    return LeafLink(rtnetlink, number)


def join_routers(near: Node, far: Node, near_name: str, far_name: str, *, group: int = 0) -> tuple[int, int]:
    """Link two routers; each reaches the other `via` the gateways. Return both link numbers, near first.

    `group` is the device group of the near end. If the kernel refuses a step, no link remains.
    """
    near_link, far_link = next(_ROUTER_LINKS), next(_ROUTER_LINKS)
    try:
        _join(near, far, (near_name, near_link), (far_name, far_link), group)
    except OSError:
        far.rtnetlink.discard()
        with suppress(OSError):
            near.rtnetlink.delete_link(near_link)
            near.rtnetlink.flush()
        raise
    return near_link, far_link


def _join(near: Node, far: Node, near_end: tuple[str, int], far_end: tuple[str, int], group: int) -> None:
    (near_name, near_link), (far_name, far_link) = near_end, far_end
    near.rtnetlink.veth(
        near_name, near_link, mac=ROUTER_MAC, peer=far.netns, peer_index=far_link, peer_mac=FAR_ROUTER_MAC,
        peer_name=far_name, group=group, mtu=MTU,
    )  # fmt: skip
    far.rtnetlink.up(far_link)
    for address in GATEWAYS.values() if near.ipv6 and far.ipv6 else (GATEWAY,):
        near.rtnetlink.neighbour(address, FAR_ROUTER_MAC, near_link)
        far.rtnetlink.neighbour(address, ROUTER_MAC, far_link)
    near.rtnetlink.flush()
    far.rtnetlink.flush()
    near.rtnetlink.settle(near_link)
    near.rtnetlink.flush()
