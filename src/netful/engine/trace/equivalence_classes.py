"""Equivalence classes of destinations as seen from a VPC: all members have the same answers.

The decision about a packet depends on the blocks that contain its address: those of routes, rules, prefix lists and VPCs.
So two addresses in the same blocks are in one class, unless one of them belongs to an interface that the packet could
reach. Only blocks of the VPC itself and of the VPCs connected with it count.
A name that public DNS resolves is in the class of its address. A name that an endpoint, a private zone or an API answers
is a class of its own, and so is every interface inside.
"""

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from netful.engine.names import resolution
from netful.engine.trace.ends.destinations import Destination, HostDestination, InterfaceDestination
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.names.service_names import GATEWAY_SERVICES
from netful.model.network import addresses
from netful.model.network.network_interface import NetworkInterface


class _Reach(Frozen):
    """VPCs that packets can reach from each other, and the blocks that any rule or route there names."""

    vpc_ids: frozenset[str]
    blocks: tuple[tuple[int, int], ...]

    def signature(self, address: IPv4Address) -> tuple[bool, ...]:
        """Return, for each block, whether it contains an address."""
        number = int(address)
        return tuple(number & mask == base for base, mask in self.blocks)


class Classes:
    """The classes of destinations of one cloud. The reach of each VPC is computed once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._reaches: dict[str, _Reach] = {}

    def of(self, vpc_id: str, target: Destination) -> Hashable:
        """Return the class of a target as seen from a VPC."""
        reach = self._reach(vpc_id)
        if isinstance(target, HostDestination):
            return self._host(vpc_id, reach, target)
        if isinstance(target, InterfaceDestination):
            return self._interfaces(reach, target)
        return target

    def _host(self, vpc_id: str, reach: _Reach, target: HostDestination) -> Hashable:
        answer = resolution.resolve(self._cloud, vpc_id, target.host)
        plain = answer.status == "NOERROR" and answer.endpoint_id is None and answer.zone == "public DNS"
        plain = plain and not answer.assumptions
        if not plain or target.request is not None or any(map(self._cloud.network.interfaces_with, answer.addresses)):
            return target
        where = tuple(reach.signature(address) for address in answer.addresses)
        return ("address", where, target.service, target.action, target.resource)

    def _interfaces(self, reach: _Reach, target: InterfaceDestination) -> Hashable:
        """Return the class of some interfaces; those that no packet from the VPC can reach differ by blocks only."""
        if any(self._is_near(reach, eni) for eni in target.interfaces):
            return target
        private = [eni.private_ip_address for eni in target.interfaces if eni.private_ip_address]
        return ("away", tuple(reach.signature(address) for address in private), target.service)

    def _is_near(self, reach: _Reach, eni: NetworkInterface) -> bool:
        vpc = self._cloud.network.vpc_of_interface(eni)
        return vpc is None or vpc.id in reach.vpc_ids or eni.private_ip_address is None or eni.public_ip is not None

    def _reach(self, vpc_id: str) -> _Reach:
        if vpc_id not in self._reaches:
            vpc_ids = self._connected(vpc_id)
            blocks = sorted({(int(b.network_address), int(b.netmask)) for b in self._blocks(vpc_ids)})
            reach = _Reach(vpc_ids, tuple(blocks))
            self._reaches.update(dict.fromkeys(vpc_ids, reach))
        return self._reaches[vpc_id]

    def _connected(self, vpc_id: str) -> frozenset[str]:
        """Return the VPC and all VPCs connected with it, over any number of peerings and transit gateways."""
        found: set[str] = set()
        waiting = [vpc_id]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += self._neighbours.get(here, ())
        return frozenset(found)

    @cached_property
    def _neighbours(self) -> dict[str, list[str]]:
        neighbours: dict[str, list[str]] = {}
        for group in self._groups():
            for vpc_id in group:
                neighbours.setdefault(vpc_id, []).extend(group)
        return neighbours

    def _groups(self) -> Iterator[list[str]]:
        for peering in self._cloud.network.vpc_peering_connections.values():
            yield [str(peering.vpc_id), str(peering.peer_vpc_id)]
        attached = [str(a.resource_id) for a in self._cloud.network.transit_gateway_attachments.values()]
        if attached:
            yield attached

    def _blocks(self, vpc_ids: frozenset[str]) -> Iterator[IPv4Network]:
        cloud = self._cloud
        for vpc_id in vpc_ids:
            yield from _networks(cloud.network.vpcs[vpc_id].cidr_blocks if vpc_id in cloud.network.vpcs else ())
            yield from _networks(self._asked.get(vpc_id, ()))
        yield from _networks(
            block for prefixes in cloud.network.prefix_lists.values() for block in prefixes.cidr_blocks
        )
        yield from (addresses.prefix_list_block(service, cloud.region) for service in GATEWAY_SERVICES)
        tables = cloud.network.transit_gateway_route_tables.values()
        yield from _networks(route.destination_cidr_block for table in tables for route in table.routes)

    @cached_property
    def _asked(self) -> dict[str, list[object]]:
        """Blocks that the routes, security groups and network ACLs of each VPC name."""
        asked: dict[str, list[object]] = {}
        cloud = self._cloud
        for table in cloud.network.route_tables.values():
            asked.setdefault(str(table.vpc_id), []).extend(route.destination_cidr_block for route in table.routes)
        for group in cloud.network.security_groups.values():
            asked.setdefault(str(group.vpc_id), []).extend(rule.peer for rule in (*group.ingress, *group.egress))
        for acl in cloud.network.network_acls.values():
            asked.setdefault(str(acl.vpc_id), []).extend(entry.cidr_block for entry in (*acl.ingress, *acl.egress))
        return asked


def _networks(values: Iterable[object]) -> Iterator[IPv4Network]:
    return (value for value in values if isinstance(value, IPv4Network))
