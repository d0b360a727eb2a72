"""PrivateLink from an endpoint to a network load balancer of another VPC (vpc-network §5.1).

A link joins the endpoint's namespace to a node of the load balancer, past the routers of both VPCs, whose blocks may
be the same. So each end has a unique address, and packets carry it: the service never sees a client's address. The
load balancer's security groups check the client's address at the endpoint's end, where it is still present. Rules that
refer to groups match nothing, because the client's membership is not visible there.

Only a listener that terminates connections receives the client's address: it may pass it to a target by the proxy
protocol. The program behind it listens at the link's own address and is bound to the link, since clients of two VPCs
may have the same address. Namespace thread only.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.kernel import nft
from netful.fabric.kernel.node import GATEWAY, ROUTER_SYSCTLS, Node, host_block, join_routers
from netful.fabric.rules.endpoint_services import is_offered, nodes_near
from netful.fabric.rules.security_groups import group_rules
from netful.fabric.rules.words import comment
from netful.fabric.vpcs.network_balancer import SERVICE_LINKS, NetworkBalancerNode
from netful.model.balancing.load_balancers import ends_connections
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

_LINKS = count()
_TABLE = "inet private_link"

_RULESET = """
table {table} {{}}
delete table {table}
table {table} {{
  chain groups_of_service {{
    type filter hook prerouting priority mangle; policy accept;
    iifname != "eth0" accept
    ct state established,related accept
    {groups}
  }}
  chain to_service {{
    type nat hook prerouting priority dstnat; policy accept;
    iifname "eth0" meta l4proto {{ tcp, udp }} dnat ip to {service}
  }}
  chain hide_clients {{
    type nat hook postrouting priority srcnat; policy accept;
    {ended}
    oifname != "eth0" snat ip to {own}
  }}
}}
"""


class ServiceLink(Frozen):
    """A link from the side of a load balancer's node: its name there, the node's address on it, and its endpoint."""

    name: str
    address: IPv4Address
    endpoint_id: str


Owners = Mapping[str, object]
"""The namespaces behind interfaces, by the interface's id."""


class _Ends(Frozen, dict=True):
    """The two namespaces of a link."""

    endpoint: Node
    balancer: NetworkBalancerNode


class PrivateLinks:
    """The links of a fabric's endpoints to the services behind them."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}

    def change(self, cloud: Cloud, owners: Owners) -> None:
        """Build the links of this cloud: one for each interface of an endpoint whose service is loaded."""
        wanted = dict(_wanted(cloud, owners))
        for eni_id, link in [*self._links.items()]:
            if eni_id not in wanted or wanted[eni_id][0] != link.ends:
                link.close()
                del self._links[eni_id]
        for eni_id, (ends, nodes) in wanted.items():
            link = self._links.get(eni_id) or self._links.setdefault(eni_id, _Link(ends))
            link.load(cloud, nodes[0], offered=is_offered(cloud, cloud.network.network_interfaces[eni_id], nodes))

    def at(self, cloud: Cloud, node_id: str) -> tuple[ServiceLink, ...]:
        """Return the links that lead to a node."""
        there = [(eni_id, link) for eni_id, link in self._links.items() if link.node_id == node_id]
        owners = {eni_id: cloud.network.network_interfaces[eni_id].owner_id for eni_id, _ in there}
        return tuple(ServiceLink(link.name, link.service, owners[eni_id]) for eni_id, link in there)


def _wanted(cloud: Cloud, owners: Owners) -> Iterator[tuple[str, tuple[_Ends, list[NetworkInterface]]]]:
    for eni in cloud.network.network_interfaces.values():
        endpoint, own = cloud.network.vpc_endpoints.get(eni.owner_id), owners.get(eni.id)
        if eni.owner is not InterfaceOwner.ENDPOINT or endpoint is None or not isinstance(own, Node):
            continue
        nodes = nodes_near(cloud, eni, endpoint)
        balancer = owners.get(nodes[0].id) if nodes else None
        if isinstance(balancer, NetworkBalancerNode):
            yield eni.id, (_Ends(own, balancer), nodes)


class _Link:
    """A link, and the packet handling at the endpoint's end."""

    def __init__(self, ends: _Ends) -> None:
        self.ends = ends
        number = next(_LINKS)
        self._own, self.service = _addresses(number)
        self.name, self.node_id = f"pl{number}", ""
        near, far, name = ends.endpoint, ends.balancer.node, self.name
        near.netns.sysctl(ROUTER_SYSCTLS)
        self._near, far_link = join_routers(near, far, name, name)
        near.rtnetlink.route(host_block(self.service), link=self._near, via=GATEWAY)
        near.rtnetlink.flush()
        far.rtnetlink.address(self.service, far_link)
        far.rtnetlink.last_way(link=far_link, via=GATEWAY)
        far.rtnetlink.route(host_block(self._own), link=far_link, via=GATEWAY)
        far.rtnetlink.flush()
        self._loaded = ""

    def load(self, cloud: Cloud, node: NetworkInterface, *, offered: bool) -> None:
        """Filter by the security groups of a load balancer's node; `offered`: its service is in the endpoint's zone."""
        self.node_id = node.id
        groups, ended = "\n    ".join(_filter(cloud, node)), "\n    ".join(_ended(cloud, node))
        if not offered:
            groups = f"counter drop {comment('VPCE_SERVICE_NOT_INSTALLED_IN_AZ')}"
        text = _RULESET.format(table=_TABLE, groups=groups, service=self.service, own=self._own, ended=ended)
        if text != self._loaded:
            nft.load(self.ends.endpoint.netns, text)
            self._loaded = text

    def close(self) -> None:
        """Remove the link, unless it has gone already with the namespace of one of its ends."""
        if not self.ends.endpoint.netns.closed and not self.ends.balancer.node.netns.closed:
            self.ends.endpoint.rtnetlink.delete_link(self._near)
            self.ends.endpoint.rtnetlink.flush()


def _addresses(number: int) -> tuple[IPv4Address, IPv4Address]:
    """Return the addresses of a link's two ends, the endpoint's first."""
    block: IPv4Network = SERVICE_LINKS
    first = number * 2 % block.num_addresses
    return block[first], block[first + 1]


def _ended(cloud: Cloud, node: NetworkInterface) -> Iterator[str]:
    """Yield the listeners whose program receives the client's address."""
    for listener in cloud.balancing.listeners_of(node.owner_id):
        if ends_connections(cloud.balancing.target_groups, listener):
            yield f'oifname != "eth0" tcp dport {listener.port} accept'


def _filter(cloud: Cloud, node: NetworkInterface) -> Iterator[str]:
    balancer = cloud.balancing.load_balancers[node.owner_id]
    groups = [
        cloud.network.security_groups[str(g)] for g in node.security_group_ids if g in cloud.network.security_groups
    ]
    if not groups or not balancer.enforce_inbound_rules_on_private_link:
        return
    for group in groups:
        for rule in group.ingress:
            yield from group_rules(rule, "saddr", {}, dict(cloud.network.prefix_lists))
    yield f"counter drop {comment('+'.join(group.id for group in groups) + ' in')}"
