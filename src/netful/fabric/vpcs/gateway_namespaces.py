"""Gateways as separate namespaces: NAT gateway and gateway endpoint.

A separate namespace has a separate conntrack, which makes address translation behave as in AWS (vpc-network §11).
Namespace thread only.
"""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import GATEWAY, NEXT_HOP6, LeafLink, Node, join_routers
from netful.fabric.kernel.options import FIRST_NAT_PORT, Options
from netful.fabric.kernel.tracked_connections import TrackedConnections
from netful.fabric.routers.router import VpcRouter
from netful.fabric.vpcs.nat64 import Nat64
from netful.model.network.vpc import IPAddress

_LINKS = count(1)

# The port range is that of one address for one destination (vpc-network §4.2); when it is used up, further connections
# get no answer. Packets to the gateway itself, without a session, are dropped. An idle connection is answered
# with a reset, which needs a conntrack that does not pick up flows in the middle (tcp_loose=0).
_NAT_RULESET = """
table ip nat_gateway {{
  chain translate {{
    type nat hook postrouting priority srcnat; policy accept;
    {translations}
  }}
  chain sessions {{
    type filter hook forward priority 0; policy accept;
    tcp flags & (syn | rst) == 0 ct state invalid reject with tcp reset
    ct state invalid drop
    meta l4proto != {{ tcp, udp, icmp }} drop
    {closed}
  }}
  chain closed {{
    type filter hook input priority 0; policy drop;
  }}
}}
"""


Translations = Sequence[tuple[tuple[IPv4Network, ...], IPv4Address | None]]
"""The address that stands for the senders of some blocks (none: all others); None if they are not served."""


def _rules(translations: Translations, ports: str) -> Iterator[str]:
    for blocks, address in translations:
        senders = f"ip saddr {{ {', '.join(map(str, blocks))} }} " if blocks else ""
        if address is not None:
            own = f'{senders}ip saddr != {address} oifname "eth0"'
            yield f"{own} meta l4proto {{ tcp, udp }} snat to {address}:{ports}"
            yield f"{own} snat to {address}"


def _closed(translations: Translations) -> Iterator[str]:
    for blocks, address in translations:
        if address is None:
            yield f"ct direction original ip saddr {{ {', '.join(map(str, blocks))} }} drop"


class NatGatewayNode:
    """A NAT gateway behind its link to the router (`eth0`); `ipv6`: its VPC has IPv6, so it does NAT64."""

    def __init__(self, netns: Netns, translations: Translations, options: Options, *, ipv6: bool = False) -> None:
        self.node = Node(netns, router=True, ipv6=ipv6)
        self._nat64 = Nat64(self.node) if ipv6 else None
        ports = f"{FIRST_NAT_PORT}-{FIRST_NAT_PORT + options.nat_ports - 1}"
        rules, closed = "\n    ".join(_rules(translations, ports)), "\n    ".join(_closed(translations))
        nft.load(netns, _NAT_RULESET.format(translations=rules, closed=closed))
        self.connections = TrackedConnections(netns)
        netns.sysctl(
            {
                "netfilter/nf_conntrack_tcp_loose": 0,
                "netfilter/nf_conntrack_tcp_timeout_established": options.nat_idle_seconds,
            }
        )

    def configure(self, link: LeafLink, addresses: Sequence[IPAddress]) -> None:
        """Assign the addresses of `eth0`, and one in IPv6 if it does NAT64."""
        link.configure(self.node.rtnetlink, [*addresses, *((NEXT_HOP6,) if self._nat64 else ())])

    def close(self) -> None:
        """Close the namespace."""
        if self._nat64 is not None:
            self._nat64.close()
        self.connections.close()
        self.node.close()


class GatewayEndpointNode:
    """A gateway endpoint: answers for every address of its service's prefix list, and sees the client's own address."""

    def __init__(self, router: VpcRouter, netns: Netns, endpoint_id: str, blocks: Iterable[IPv4Network]) -> None:
        self.node = Node(netns)
        self._endpoint_id = endpoint_id
        name = f"gwe{next(_LINKS)}"
        near, far = join_routers(router.node, self.node, name, "eth0")
        for block in blocks:
            self.node.rtnetlink.local(block)
        self.node.rtnetlink.route(IPv4Network("0.0.0.0/0"), link=far, via=GATEWAY)
        self.node.rtnetlink.flush()
        router.gateway_endpoint(endpoint_id, name, near)

    def close(self, router: VpcRouter) -> None:
        """Close the namespace and the router's link to it."""
        router.drop_gateway(self._endpoint_id)
        self.node.close()
