"""A node of the fabric: a namespace with its route socket, and the links between two of them.

Every link is a veth pair. One side is the router's: all router ends share one MAC address, so that a single permanent
neighbour entry (`GATEWAY`) serves every leaf; the other side gets a MAC made from the link's number (fabric §1).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.netns import Netns
from netful.fabric.rtnetlink import LOOPBACK, Rtnetlink

GATEWAY = IPv4Address("169.254.1.1")
"""The next hop of every leaf; it is on no interface, a permanent neighbour entry stands for it."""

EVERYWHERE = IPv4Network("0.0.0.0/0")
ROUTER_MAC = bytes([2, 0x4E, 0xFF, 0, 0, 1])
FAR_ROUTER_MAC = bytes([2, 0x4E, 0xFF, 0, 0, 2])
LEAF_LINK = 10  # the interface number of eth0 in a leaf
MTU = 1500

_ROUTER_LINKS = count(1000)

ROUTER_SYSCTLS: dict[str, int | str] = {
    "ipv4/ip_forward": 1,
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/conf/all/send_redirects": 0,
    "ipv4/conf/default/send_redirects": 0,
    "ipv6/conf/all/disable_ipv6": 1,
    "ipv6/conf/default/disable_ipv6": 1,
}
# A packet must come by the link that leads back to its source. For routers whose neighbours' addresses are all known: not
# for a VPC's, where tables differ between the ways and a check of its own knows the interfaces' addresses.
STRICT_SOURCES: dict[str, int | str] = {"ipv4/conf/all/rp_filter": 1}


class Node:
    """A namespace that is configured over its life: a router, a gateway, or a leaf with an interface."""

    def __init__(self, netns: Netns, *, router: bool = False) -> None:
        self.netns = netns
        self.rtnetlink = Rtnetlink(netns)
        if router:
            netns.sysctl(ROUTER_SYSCTLS)
        self.rtnetlink.up(LOOPBACK)
        self.rtnetlink.flush()

    def close(self) -> None:
        """Let go of the namespace and the socket in it."""
        self.rtnetlink.close()
        self.netns.close()


def leaf_mac(number: int) -> bytes:
    """The MAC address of the leaf's end of a link."""
    return bytes([2, 0x4E, number >> 24 & 0xFF, number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF])


def join_leaf(router: Node, leaf: Netns, name: str, address: IPv4Address, *, group: int = 0) -> int:
    """Link a leaf to a router, which learns the way to `address`; returns the router's link number.

    The leaf's own side is configured by `configure_leaf`.
    """
    number = next(_ROUTER_LINKS)
    mac = leaf_mac(number)
    rtnetlink = router.rtnetlink
    rtnetlink.veth(
        name, number, mac=ROUTER_MAC, peer=leaf, peer_index=LEAF_LINK, peer_mac=mac, group=group, mtu=MTU
    )  # fmt: skip
    rtnetlink.route(IPv4Network(address), link=number)
    rtnetlink.neighbour(address, mac, number)
    rtnetlink.flush()
    return number


def configure_leaf(rtnetlink: Rtnetlink, address: IPv4Address) -> None:
    """Give a leaf its address and its one way out."""
    rtnetlink.up(LEAF_LINK)
    rtnetlink.address(address, LEAF_LINK)
    rtnetlink.neighbour(GATEWAY, ROUTER_MAC, LEAF_LINK)
    rtnetlink.route(EVERYWHERE, link=LEAF_LINK, via=GATEWAY)
    rtnetlink.flush()


def join_routers(near: Node, far: Node, near_name: str, far_name: str, *, group: int = 0) -> tuple[int, int]:
    """Link two routers; either reaches the other `via` GATEWAY. Returns both link numbers, near first.

    `group` is the device group of the near end.
    """
    near_link, far_link = next(_ROUTER_LINKS), next(_ROUTER_LINKS)
    near.rtnetlink.veth(
        near_name, near_link, mac=ROUTER_MAC, peer=far.netns, peer_index=far_link, peer_mac=FAR_ROUTER_MAC,
        peer_name=far_name, group=group, mtu=MTU,
    )  # fmt: skip
    near.rtnetlink.neighbour(GATEWAY, FAR_ROUTER_MAC, near_link)
    near.rtnetlink.flush()
    far.rtnetlink.up(far_link)
    far.rtnetlink.neighbour(GATEWAY, ROUTER_MAC, far_link)
    far.rtnetlink.flush()
    return near_link, far_link
