"""The egress of sandboxes: a Hyperplane ENI, or the Lambda service's own network for functions outside a VPC.

Many sandboxes connect to one namespace by point-to-point links. All outgoing packets have the namespace's address.
Connections towards a sandbox are impossible, from outside or from another sandbox (lambda §1.3 R3-R4, fabric §1).
"""

import socket as sockets
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from itertools import count

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.node import LEAF_LINK, MTU, ROUTER_MAC, STRICT_SOURCES, LeafLink, Node, host_block, leaf_mac
from netful.fabric.kernel.options import FIRST_NAT_PORT, MOST_PORTS
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink
from netful.fabric.kernel.tracked_connections import TrackedConnections
from netful.model.network.vpc import IPAddress

SANDBOX_BLOCK = IPv4Network("169.254.128.0/17")
SANDBOX_BLOCK6 = IPv6Network(
    "2001:db8:ffff:fffe::/64"
)  # a global address, or names with both families would prefer IPv4
RUNTIME_API_ADDRESS = IPv4Address("169.254.100.1")
"""The address of the Runtime API inside a sandbox (lambda §3.6)."""

_SANDBOX_GROUP = 9
_FIRST_SANDBOX_LINK = 100

# Source ports are 1024-65535: a network ACL must admit these for Lambda (vpc-network §3). When all are in use for a
# destination, further connections get no answer, as on AWS until another interface exists (lambda §1.3).
_RULESET = """
table inet egress {{
  chain own_sources {{
    type filter hook prerouting priority raw; policy accept;
    iifgroup {group} meta nfproto ipv6 fib saddr . iif oif missing drop
  }}
  chain leave {{
    type nat hook postrouting priority srcnat; policy accept;
    {translation}
  }}
  chain forward_out_only {{
    type filter hook forward priority 0; policy drop;
    ct state invalid drop
    ct state established,related accept
    iifgroup {group} oifname "eth0" accept
  }}
  chain input_closed {{
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    {resolver}
  }}
}}
"""
_TRANSLATION = """
    oifname "eth0" meta nfproto {nfproto} meta l4proto {{ tcp, udp }} snat {family} to {where}:{first}-{last} fully-random
    oifname "eth0" meta nfproto {nfproto} snat {family} to {address}
"""
_RESOLVER = "iifgroup {group} meta l4proto {{ tcp, udp }} th dport 53 accept"


class Sandbox:
    """One sandbox's network: a namespace whose only way out is its egress."""

    def __init__(self, netns: Netns, address: IPv4Address, outside: Netns) -> None:
        self.netns = netns
        self.address = address
        self._outside = outside

    @property
    def netns_fd(self) -> int:
        """The namespace, which the sandbox's first process enters."""
        return self.netns.fd

    @property
    def cut(self) -> bool:
        """Return whether the sandbox's egress is gone. Safe on any thread."""
        return self._outside.closed

    def listen(self, address: str, port: int) -> sockets.socket:
        """Open a listening socket inside the sandbox, for the daemon to serve. Namespace thread only."""
        return self.netns.listen(address, port)

    def close(self) -> None:
        """Close the namespace; the kernel removes the link when the last process and socket inside are gone."""
        self.netns.close()


class Egress:
    """A namespace with one address of its own in each family (`eth0`) and any number of sandboxes behind it.

    `ports`: the maximum number of connections to one destination.
    """

    def __init__(
        self,
        netns: Netns,
        addresses: Sequence[IPAddress],
        *,
        resolver: IPv4Address | None = None,
        ports: int = MOST_PORTS,
    ) -> None:
        self.ipv6 = any(address.version == 6 for address in addresses)
        self.node = Node(netns, router=True, ipv6=self.ipv6)
        netns.sysctl(STRICT_SOURCES)  # a sandbox cannot use another sandbox's address
        self.address = addresses[0]
        self._numbers = count()
        if resolver is not None:
            self.node.rtnetlink.address(resolver, LOOPBACK)
            self.node.rtnetlink.flush()
        allow = _RESOLVER.format(group=_SANDBOX_GROUP) if resolver else ""
        translation = "".join(_translation(address, ports) for address in addresses)
        nft.load(netns, _RULESET.format(translation=translation, group=_SANDBOX_GROUP, resolver=allow))
        self._tracked = TrackedConnections(netns)

    @property
    def connections(self) -> int:
        """Return the number of connections that the kernel tracks."""
        return self._tracked.count

    def attach(self, pool: NetnsPool) -> Sandbox:
        """Make a sandbox's network. It is on the path of every cold start, so two batches and no look-up (fabric §4)."""
        number = next(self._numbers)
        place = 2 + number % (SANDBOX_BLOCK.num_addresses - 4)
        addresses: list[IPAddress] = [SANDBOX_BLOCK[place], *((SANDBOX_BLOCK6[place],) if self.ipv6 else ())]
        link = _FIRST_SANDBOX_LINK + number
        netns = pool.take()
        outer = self.node.rtnetlink
        outer.veth(
            f"s{number}", link, mac=ROUTER_MAC, peer=netns, peer_index=LEAF_LINK, peer_mac=leaf_mac(link),
            group=_SANDBOX_GROUP, mtu=MTU,
        )  # fmt: skip
        for address in addresses:
            outer.route(host_block(address), link=link)
            outer.neighbour(address, leaf_mac(link), link)
        outer.flush()
        inner = Rtnetlink(netns)
        inner.up(LOOPBACK)
        inner.address(RUNTIME_API_ADDRESS, LOOPBACK)
        LeafLink(outer, link).configure(inner, addresses)
        inner.close()
        return Sandbox(netns, SANDBOX_BLOCK[place], self.node.netns)

    def close(self) -> None:
        """Close the namespace."""
        self._tracked.close()
        self.node.close()


def _translation(address: IPAddress, ports: int) -> str:
    six = address.version == 6
    return _TRANSLATION.format(
        nfproto=f"ipv{address.version}",
        family="ip6" if six else "ip",
        address=address,
        where=f"[{address}]" if six else address,
        first=FIRST_NAT_PORT,
        last=FIRST_NAT_PORT + ports - 1,
    )
