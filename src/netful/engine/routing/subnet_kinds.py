"""Kind of a subnet, by its route table's route to the internet (vpc-network §4.1).

A *public* subnet has a default route to an internet gateway, a *private-nat* one to a NAT gateway or another way out, an
*isolated* one has none. One whose default route leads to a firewall's endpoint is of the kind of the endpoint's subnet, where the
firewall sends packets on. The kind is *unknown* if it depends on a missing value; the id of a NAT gateway or a transit gateway
does not matter to it. A subnet with IPv4 and IPv6 may be of two kinds; as a whole it is of the more open one.
"""

from typing import Literal

from netful.engine.flows.address_families import IPV4, IPV6
from netful.engine.flows.flow import network_of
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network import addresses, nat64
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc import IPAddress, Vpc

SubnetKind = Literal["public", "private-nat", "isolated", "unknown"]

_OUTWARD: dict[TargetKind, SubnetKind] = {
    TargetKind.INTERNET_GATEWAY: "public",
    TargetKind.NAT_GATEWAY: "private-nat",
    TargetKind.NETWORK_INTERFACE: "private-nat",
    TargetKind.INSTANCE: "private-nat",
    TargetKind.TRANSIT_GATEWAY: "private-nat",
    TargetKind.CORE_NETWORK: "private-nat",
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "private-nat",
}
_MOST_OPEN_FIRST: tuple[SubnetKind, ...] = ("public", "unknown", "private-nat", "isolated")
_HOSTS: dict[int, tuple[IPAddress, ...]] = {
    IPV4: (addresses.INTERNET_HOST,),
    IPV6: (addresses.INTERNET6_HOST, nat64.embedded(addresses.INTERNET_HOST)),
}
"""Hosts of the internet by IP version; an IPv6 client with DNS64 has IPv4 hosts by NAT64 too."""
_BY_ID = frozenset({TargetKind.INTERNET_GATEWAY, TargetKind.VPC_ENDPOINT, TargetKind.OTHER})
"""Kinds of targets that say what a route leads to only with an id: `GatewayId` may name several kinds of gateways."""


def subnet_kind(cloud: Cloud, subnet_id: str, version: int | None = None) -> SubnetKind:
    """Return the kind of a subnet: by one IP version, or the most open one by those of its blocks."""
    versions = (version,) if version else _versions(cloud, subnet_id)
    kinds = {_kind(cloud, subnet_id, host, frozenset()) for one in versions for host in _HOSTS[one]}
    return next(kind for kind in _MOST_OPEN_FIRST if kind in kinds)


def _versions(cloud: Cloud, subnet_id: str) -> tuple[int, ...]:
    subnet = cloud.network.subnets.get(subnet_id)
    if subnet is None or subnet.ipv6_cidr_block is None:
        return (IPV4,)
    return (IPV6,) if subnet.ipv6_native else (IPV4, IPV6)


def _kind(cloud: Cloud, subnet_id: str, host: IPAddress, before: frozenset[str]) -> SubnetKind:
    """Return the kind of a subnet by its way to a host, to which endpoints of firewalls lead from some others."""
    table = cloud.network.route_table_of(subnet_id)
    if table is None:
        return "unknown"
    vpc = cloud.network.vpc_of(subnet_id) or Vpc("", ())  # no VPC has the internet among its own blocks
    found = route_tables.select(cloud, vpc, table, network_of(host))
    if found.entry is None or found.entry.route is None:
        return "unknown" if found.doubts else "isolated"
    route = found.entry.route
    if isinstance(route.target_id, Unknown) and route.target_kind in _BY_ID:
        return "unknown"
    if route.target_kind is TargetKind.VPC_ENDPOINT and not route.blackhole:
        endpoint = known_in(cloud.network.vpc_endpoints, route.target_id)
        if endpoint is None:
            return "unknown"
        onward = (one for one in endpoint.subnet_ids if one not in before)
        passed = before | {subnet_id}
        kinds = {_kind(cloud, one, host, passed) if isinstance(one, str) else "unknown" for one in onward}
        return kinds.pop() if len(kinds) == 1 else "unknown" if kinds else "isolated"
    return "isolated" if route.blackhole else _OUTWARD.get(route.target_kind, "isolated")
