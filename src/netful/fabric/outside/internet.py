"""The emulated internet: one namespace that answers for every public address, and the links of the gateways to it.

It is linked to the VPCs' internet gateways and to nothing of the host. Any port of any address answers: 80 and 443 are
doors of their own, the rest goes to the echo port (addresses: model/network/addresses.py). Namespace thread only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import (
    EVERYWHERE,
    EVERYWHERE6,
    GATEWAYS,
    STRICT_SOURCES,
    LeafLink,
    Node,
    join_leaf,
    join_routers,
)
from netful.fabric.kernel.rtnetlink import TABLE_MAIN
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.ruleset import EGRESS_ONLY_LINK, IGW_LINK
from netful.model.cloud import Cloud
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.network.addresses import CLIENT_BLOCK, ELASTIC_IP_BLOCKS, EMULATED_BLOCKS, INTERNET6_BLOCK, IPV6_BLOCK
from netful.model.network.nat64 import NAT64_BLOCK
from netful.model.network.vpc import IPAddress, IPNetwork

ECHO_PORT = 7
_NOT_PUBLIC = tuple(
    IPv4Network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_NOT_PUBLIC6 = (*(IPv6Network(block) for block in ("fc00::/7", "fe80::/10")), NAT64_BLOCK)
RESOLVER = IPv4Address("192.0.2.53")
"""The public resolver of clients on the internet."""

_SERVERS = next(CLIENT_BLOCK.subnets(new_prefix=26))  # clients have addresses in the rest of the block

_CLIENTS = 5  # the device group of clients

# AWS's own gateway blocks answer only on ports 80 and 443 (vpc-network §5.5). Clients use their own addresses; a gateway's
# VPC has already checked the packets that the gateway sends.
_RULESET = f"""
table inet internet {{
  set web_only {{ type ipv4_addr; flags interval; auto-merge; }}
  chain services {{
    type filter hook prerouting priority raw; policy accept;
    iifgroup {_CLIENTS} meta nfproto ipv6 fib saddr . iif oif missing drop
    tcp dport != {{ 80, 443 }} ip daddr @web_only drop
    meta l4proto udp ip daddr @web_only drop
  }}
  chain any_port {{
    type nat hook prerouting priority dstnat; policy accept;
    tcp dport != {{ 53, 80, 443 }} fib daddr type local dnat to :{ECHO_PORT}
    udp dport != 53 fib daddr type local dnat to :{ECHO_PORT}
  }}
}}
"""


@dataclass
class _Vpc:
    """A VPC's links to the internet, by the names of their ends there, and the blocks routed to it."""

    links: dict[str, int] = field(default_factory=dict)
    routed: dict[IPNetwork, int] = field(default_factory=dict)


class Internet:
    """The internet's namespace."""

    def __init__(self, netns: Netns) -> None:
        self.node = Node(netns, router=True, ipv6=True)
        netns.sysctl(STRICT_SOURCES)  # no host on the internet can use an address inside a VPC
        self._links = 0
        self._vpcs: dict[str, _Vpc] = {}
        self._unused: set[IPv4Address] = set()
        self._vpc_blocks: set[IPv4Network] = set()
        self._web_only: list[str] = []
        nft.load(netns, _RULESET)
        self.node.rtnetlink.local(EVERYWHERE, TABLE_MAIN)
        self.node.rtnetlink.local(_SERVERS)
        for block in (*ELASTIC_IP_BLOCKS, CLIENT_BLOCK, *_NOT_PUBLIC):
            self.node.rtnetlink.blackhole(block)
        self.node.rtnetlink.local(EVERYWHERE6, TABLE_MAIN)
        self.node.rtnetlink.local(next(INTERNET6_BLOCK.subnets(new_prefix=122)))
        for block6 in (IPV6_BLOCK, INTERNET6_BLOCK, *_NOT_PUBLIC6):
            self.node.rtnetlink.blackhole(block6)
        self.node.rtnetlink.flush()

    def change(self, cloud: Cloud) -> None:
        """Set the public addresses and VPC blocks of this cloud that lead nowhere, and the blocks that answer as AWS's services."""
        self._change_vpc_blocks(cloud)
        associated = {
            address for eni in cloud.network.network_interfaces.values() for address in eni.public_addresses()
        }
        for nat in cloud.network.nat_gateways.values():
            associated |= {*cloud.network.regional_addresses(nat).values()} if nat.regional else set()
        unused = {eip.public_ip for eip in cloud.network.elastic_ips.values()} - associated
        for address in unused - self._unused:
            self.node.rtnetlink.blackhole(IPv4Network(address))
        for address in self._unused - unused - associated:
            self.node.rtnetlink.delete_route(IPv4Network(address))
        self._unused = unused
        self.node.rtnetlink.flush()
        services = [p for p in cloud.network.prefix_lists.values() if p.name.startswith("com.amazonaws.")]
        lists = [p for p in services if p.name != ORIGIN_FACING]
        blocks = sorted({str(b) for p in lists for b in p.cidr_blocks if isinstance(b, IPv4Network)})
        if blocks != self._web_only:
            self._web_only = blocks
            fill = f"add element inet internet web_only {{ {', '.join(blocks)} }}" if blocks else ""
            nft.load(self.node.netns, f"flush set inet internet web_only\n{fill}")

    def _change_vpc_blocks(self, cloud: Cloud) -> None:
        """Drop what is for the own block of a VPC: the internet does not lead to it, whatever its address space."""
        blocks = {
            block
            for vpc in cloud.network.vpcs.values()
            for block in vpc.cidr_blocks
            if isinstance(block, IPv4Network)
            and not any(block.overlaps(other) for other in (*_NOT_PUBLIC, *EMULATED_BLOCKS))
        }
        for block in blocks - self._vpc_blocks:
            self.node.rtnetlink.blackhole(block)
        for block in self._vpc_blocks - blocks:
            self.node.rtnetlink.delete_route(block)
        self._vpc_blocks = blocks

    def join_gateway(self, router: VpcRouter, gateway_id: str, *, egress_only: bool = False) -> None:
        """Attach a VPC's internet gateway, or its egress-only one."""
        self._links += 1
        name = EGRESS_ONLY_LINK if egress_only else IGW_LINK
        near, far = join_routers(router.node, self.node, name, f"igw{self._links}")
        router.gateway_links[gateway_id] = near
        self._vpcs.setdefault(router.vpc.id, _Vpc()).links[gateway_id] = far

    def leave_gateway(self, router: VpcRouter, gateway_id: str) -> None:
        """Detach the gateway; its public addresses then lead nowhere."""
        link = self._vpcs[router.vpc.id].links.pop(gateway_id)
        router.drop_gateway(gateway_id)
        self._route(router.vpc.id, {k: v for k, v in self._vpcs[router.vpc.id].routed.items() if v != link})

    def forget(self, router: VpcRouter) -> None:
        """Remove the routes to a VPC; its links are removed with its router."""
        for block in self._vpcs.pop(router.vpc.id, _Vpc()).routed:
            self.node.rtnetlink.delete_route(block)
        self.node.rtnetlink.flush()

    def route_public(self, router: VpcRouter, gateway_id: str, public: Iterable[IPNetwork]) -> None:
        """Route exactly these public addresses and blocks to a VPC's gateway."""
        vpc = self._vpcs[router.vpc.id]
        link = vpc.links[gateway_id]
        others = {block: at for block, at in vpc.routed.items() if at != link}
        self._route(router.vpc.id, others | dict.fromkeys(public, link))

    def _route(self, vpc_id: str, wanted: dict[IPNetwork, int]) -> None:
        vpc, rtnetlink = self._vpcs.setdefault(vpc_id, _Vpc()), self.node.rtnetlink
        for block in vpc.routed.keys() - wanted.keys():
            rtnetlink.delete_route(block)
        for block, link in wanted.items() - vpc.routed.items():
            rtnetlink.route(block, link=link, via=GATEWAYS[block.version])
        vpc.routed = wanted
        rtnetlink.flush()

    def join_client(self, netns: Netns, addresses: Sequence[IPAddress], *, bursts: bool = True) -> LeafLink:
        """Link a client's namespace; the client's side must still be configured."""
        self._links += 1
        return join_leaf(self.node, netns, f"client{self._links}", addresses, group=_CLIENTS, bursts=bursts)

    def close(self) -> None:
        """Close the namespace."""
        self.node.close()
