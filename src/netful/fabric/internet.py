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
from netful.fabric.rtnetlink import TABLE_MAIN
from netful.fabric.ruleset import IGW_LINK
from netful.model.addresses import CLIENT_BLOCK, ELASTIC_IP_BLOCKS
from netful.model.cloud import Cloud

ECHO_PORT = 7
_NOT_PUBLIC = tuple(
    IPv4Network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
RESOLVER = IPv4Address("192.0.2.53")
"""The public resolver that clients on the internet ask."""

_SERVERS = next(CLIENT_BLOCK.subnets(new_prefix=26))  # clients have addresses in the rest of the block

# AWS's own gateways' blocks answer on the web's ports alone (vpc-network §5.5).
_RULESET = f"""
table ip internet {{
  set web_only {{ type ipv4_addr; flags interval; auto-merge; }}
  chain services {{
    type filter hook prerouting priority raw; policy accept;
    ip daddr @web_only meta l4proto {{ tcp, udp }} th dport != {{ 80, 443 }} drop
    ip daddr @web_only meta l4proto udp drop
  }}
  chain any_port {{
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local tcp dport != {{ 53, 80, 443 }} dnat to :{ECHO_PORT}
    fib daddr type local udp dport != 53 dnat to :{ECHO_PORT}
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
        self._unused: set[IPv4Address] = set()
        self._web_only: list[str] = []
        self._public: dict[str, set[IPv4Address]] = {}
        nft.load(netns, _RULESET)
        self.node.rtnetlink.local(EVERYWHERE, TABLE_MAIN)
        self.node.rtnetlink.local(_SERVERS)
        for block in (*ELASTIC_IP_BLOCKS, CLIENT_BLOCK, *_NOT_PUBLIC):
            self.node.rtnetlink.blackhole(block)
        self.node.rtnetlink.flush()

    def change(self, cloud: Cloud) -> None:
        """Know this cloud's public addresses that lead nowhere, and the blocks that answer as AWS's services do."""
        associated = {eni.public_ip for eni in cloud.network_interfaces.values()}
        unused = {eip.public_ip for eip in cloud.elastic_ips.values()} - associated
        for address in unused - self._unused:
            self.node.rtnetlink.blackhole(IPv4Network(address))
        for address in self._unused - unused - associated:
            self.node.rtnetlink.delete_route(IPv4Network(address))
        self._unused = unused
        self.node.rtnetlink.flush()
        lists = [p for p in cloud.prefix_lists.values() if p.name.startswith("com.amazonaws.")]
        blocks = sorted({str(b) for p in lists for b in p.cidr_blocks if isinstance(b, IPv4Network)})
        if blocks != self._web_only:
            self._web_only = blocks
            fill = f"add element ip internet web_only {{ {', '.join(blocks)} }}" if blocks else ""
            nft.load(self.node.netns, f"flush set ip internet web_only\n{fill}")

    def join_gateway(self, router: VpcRouter, gateway_id: str) -> None:
        """Attach a VPC's internet gateway."""
        self._links += 1
        near, far = join_routers(router.node, self.node, IGW_LINK, f"igw{self._links}")
        router.gateway_links[gateway_id] = near
        self._gateways[router.vpc.id] = far

    def leave_gateway(self, router: VpcRouter, gateway_id: str) -> None:
        """Detach it; its public addresses lead nowhere then."""
        self.forget_gateway(router)
        router.drop_gateway(gateway_id)

    def forget_gateway(self, router: VpcRouter) -> None:
        """Lead nothing to it any more; its link goes with the VPC's router."""
        self.route_public(router, ())
        del self._gateways[router.vpc.id]

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
