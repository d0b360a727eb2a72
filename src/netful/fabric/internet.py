"""The emulated internet: one namespace that answers for every public address, and the links of the gateways to it.

It is linked to the VPCs' internet gateways and to nothing of the host. Any port of any address answers: 80 and 443 are
doors of their own, the rest goes to the echo port (addresses: model/addresses.py). Namespace thread only.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from netful.fabric import nft
from netful.fabric.netns import Netns
from netful.fabric.node import EVERYWHERE, GATEWAY, STRICT_SOURCES, Node, join_leaf, join_routers
from netful.fabric.router import VpcRouter
from netful.fabric.ruleset import IGW_LINK
from netful.model.addresses import CLIENT_BLOCK, ELASTIC_IP_BLOCKS, SERVICE_BLOCK

ECHO_PORT = 7
RESOLVER = IPv4Address("192.0.2.53")
"""The public resolver that clients on the internet ask."""

_SERVERS = next(CLIENT_BLOCK.subnets(new_prefix=26))  # clients have addresses in the rest of the block

_RULESET = f"""
table ip internet {{
  chain any_port {{
    type nat hook prerouting priority dstnat; policy accept;
    ip daddr {{ {SERVICE_BLOCK}, {_SERVERS} }} tcp dport != {{ 53, 80, 443 }} dnat to :{ECHO_PORT}
    ip daddr {{ {SERVICE_BLOCK}, {_SERVERS} }} udp dport != 53 dnat to :{ECHO_PORT}
  }}
}}
"""


class Internet:
    """The internet's namespace."""

    def __init__(self, netns: Netns) -> None:
        self.node = Node(netns, router=True)
        netns.sysctl(STRICT_SOURCES)  # nobody out there can speak as somebody inside a VPC
        self._links = 0
        self._gateways: dict[str, int] = {}
        self._public: dict[str, set[IPv4Address]] = {}
        nft.load(netns, _RULESET)
        for block in (SERVICE_BLOCK, _SERVERS):
            self.node.rtnetlink.local(block)
        for block in (*ELASTIC_IP_BLOCKS, CLIENT_BLOCK, EVERYWHERE):
            self.node.rtnetlink.blackhole(block)
        self.node.rtnetlink.flush()

    def join_gateway(self, router: VpcRouter, gateway_id: str) -> None:
        """Attach a VPC's internet gateway."""
        self._links += 1
        near, far = join_routers(router.node, self.node, IGW_LINK, f"igw{self._links}")
        router.gateway_links[gateway_id] = near
        self._gateways[router.vpc.id] = far

    def leave_gateway(self, router: VpcRouter, gateway_id: str) -> None:
        """Detach it; its public addresses lead nowhere then."""
        self.route_public(router, ())
        del self._gateways[router.vpc.id]
        router.drop_gateway(gateway_id)

    def route_public(self, router: VpcRouter, public: Iterable[IPv4Address]) -> None:
        """Have these public addresses, and no others, lead to a VPC's gateway."""
        link, wanted = self._gateways[router.vpc.id], set(public)
        routed = self._public.setdefault(router.vpc.id, set())
        for address in wanted - routed:
            self.node.rtnetlink.route(IPv4Network(address), link=link, via=GATEWAY)
        for address in routed - wanted:
            self.node.rtnetlink.delete_route(IPv4Network(address))
        self.node.rtnetlink.flush()
        self._public[router.vpc.id] = wanted

    def join_client(self, netns: Netns, address: IPv4Address) -> None:
        """Link a client's namespace; its own side is still to be configured."""
        self._links += 1
        join_leaf(self.node, netns, f"client{self._links}", address)

    def close(self) -> None:
        """Let go of the namespace."""
        self.node.close()
