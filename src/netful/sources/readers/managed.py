"""Databases, caches, brokers and services that AWS runs in a VPC, as interfaces with groups.

Each subnet of the resource has one interface: a path must hold for each of them, and a running database or cache is at one
(`engine.names.managed_places`). A service with more tasks than
subnets has further interfaces in the same subnets in turn; one without tasks has none. A member of a cluster is in the
subnets of its cluster. `placements` has the properties of each type.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from itertools import chain, repeat
from typing import Any

from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader
from netful.sources.readers import batch, kubernetes
from netful.sources.readers.cache_nodes import CLUSTER, node_places
from netful.sources.readers.managed_families import FOUR, SIX, families_of
from netful.sources.readers.managed_zones import in_zones
from netful.sources.readers.placements import MEMBERS, PLACEMENTS, Placement
from netful.sources.readers.pollers import pollers
from netful.sources.readers.state_machine_tasks import started_tasks
from netful.sources.readers.stopped import idle_where_stopped
from netful.sources.template.reading import Inventory, Reader

_PUBLIC = ("true", "enabled", "service_provided_eips")
_CLOUD9 = "AWS::Cloud9::EnvironmentEC2"
_IMAGE_BUILDER = "AWS::ImageBuilder::InfrastructureConfiguration"
_EMR = "AWS::EMR::Cluster"
"""Its group for the primary node is AWS's own only where none is named."""

_SOURCE, _OF_CLUSTER = "SourceDBInstanceIdentifier", "DBClusterIdentifier"
DEFAULT_VPC = Unknown("the account's default VPC is not loaded", ("the subnets of the default VPC",))


def interfaces(inventory: Inventory, subnets: Mapping[str, Subnet]) -> dict[str, NetworkInterface]:
    """Return the interfaces of every resource of these types."""
    making = _Making(inventory, subnets)
    placed = [(reader, PLACEMENTS[kind]) for kind in PLACEMENTS for reader in inventory.of(kind)]
    members = [reader for kind in MEMBERS if kind not in PLACEMENTS for reader in inventory.of(kind)]
    made = [eni for reader, placement in placed for eni in making.of(reader, placement)]
    made += [eni for reader in members for eni in making.of(reader, PLACEMENTS[MEMBERS[reader.type][1]])]
    made += pollers(inventory, tuple(made))
    made += started_tasks(inventory, lambda subnet_id: default_groups(subnet_id, subnets))
    return idle_where_stopped(inventory, {eni.id: eni for eni in made}, "database")


class _Making(Frozen, dict=True):
    """Shared data for making interfaces."""

    inventory: Inventory
    subnets: Mapping[str, Subnet]

    def of(self, reader: Reader, placement: Placement) -> Iterator[NetworkInterface]:
        """Yield the interfaces of one resource."""
        holder, where = self._holder(reader, placement)
        places: tuple[Maybe[str], ...] = (holder,) if isinstance(holder, Unknown) else self._places(holder, where)
        source = self._source(reader)
        places = self._places(source, placement) if source else places
        members = self._members_of(reader)
        places = in_zones(reader, members, places, self.subnets)
        groups: tuple[Maybe[str], ...] = (
            (holder,) if isinstance(holder, Unknown) else _groups(self.inventory, holder, where)
        )
        count, public = _count(reader, placement), _is_public(self.inventory, (members or [reader])[0], placement)
        families = None if isinstance(holder, Unknown) else families_of(holder, where.families)
        allocated = _at(reader, placement.elastic_ips) if placement.elastic_ips else ()
        given = chain(allocated, repeat(None))
        nodes = node_places(reader, places, self.subnets) if reader.type == CLUSTER else None
        each = nodes or (places if placement.addresses else None)
        labelled = _each(each) if each else _labelled([*dict.fromkeys(places)], count)
        for (label, subnet_id), address in zip(labelled, _addresses(reader, placement), strict=False):
            subnet = known_in(self.subnets, subnet_id)
            maps = _launches(reader) and subnet is not None and subnet.map_public_ip_on_launch
            has_public = public is True or bool(allocated) or maps
            by_subnet = families is None or (families == FOUR and subnet is not None and subnet.ipv6_native)
            yield NetworkInterface(
                id=f"eni-{reader.id}-{label if address is None else address}",
                owner=placement.owner,
                owner_id=reader.id,
                subnet_id=subnet_id,
                security_group_ids=groups or default_groups(subnet_id, self.subnets),
                private_ip_address=address,
                ipv6_address_count=None if families is None or by_subnet else int(families >= SIX),
                ipv6_only=families == SIX,
                public_ip=self._public_ip(next(given)) if has_public else None,
                private=public is False and not has_public,
                public_doubt=None if has_public or isinstance(public, bool) else public,
                origin=reader.origin,
            )

    def _public_ip(self, allocation: Maybe[str] | None) -> IPv4Address:
        """Return the address of an Elastic IP, or one that AWS assigns."""
        eip = known_in(self.inventory.elastic_addresses, allocation)
        return IPv4Address(eip) if eip else self.inventory.public_address()

    def _holder(self, reader: Reader, placement: Placement) -> tuple[Reader | Unknown, Placement]:
        """Return the resource with the subnets and groups: its cluster if it is in one, else itself."""
        property_name, kind, own_name = MEMBERS.get(reader.type, ("", "", ""))
        cluster_id = next(iter(_at(reader, property_name)), None) if property_name else None
        if cluster_id is None:
            return reader, placement
        if isinstance(cluster_id, Unknown):
            return cluster_id, placement
        every = self.inventory.of(kind)
        found = next((one for one in every if cluster_id in (one.id, *_at(one, own_name))), None)
        return found or Unknown(f"cluster `{cluster_id}` is not loaded", (cluster_id,)), PLACEMENTS[kind]

    def _members_of(self, cluster: Reader) -> list[Reader]:
        """Return the instances of a cluster of databases; nothing for other resources."""
        kinds = [kind for kind, row in MEMBERS.items() if row[:2] == (_OF_CLUSTER, cluster.type)]
        own = _at(cluster, _OF_CLUSTER) if kinds else ()
        names = {name for name in (cluster.id, *own) if isinstance(name, str)}
        every = self.inventory.of(*kinds) if kinds else []
        return [one for one in every if not names.isdisjoint(_at(one, _OF_CLUSTER))]

    def _source(self, reader: Reader) -> Reader | None:
        """Return the source of a read replica without a subnet group of its own: it is in the same subnets."""
        if reader.type != "AWS::RDS::DBInstance" or reader.get("DBSubnetGroupName") is not None:
            return None
        named = reader.get(_SOURCE)
        found = (one for one in self.inventory.of(reader.type) if named in (one.id, one.get("DBInstanceIdentifier")))
        return next(found, None) if isinstance(named, str) else None

    def _places(self, reader: Reader, placement: Placement) -> tuple[Maybe[str], ...]:
        places = _at(reader, placement.subnets)
        if placement.group_of_subnets:
            places = tuple(subnet for name in places for subnet in self._members(name, placement.group_of_subnets))
        return places or (default_subnets(self.inventory) if placement.default_vpc else ())

    def _members(self, name: Maybe[str], kinds: tuple[str, ...]) -> tuple[Maybe[str], ...]:
        """Return the subnets of a subnet group; those of one that is not loaded are unknown."""
        if isinstance(name, Unknown):
            return (name,)
        for reader in self.inventory.of(*kinds):
            if name in (reader.id, *(reader.get(own) for own in SUBNET_GROUP_NAMES)):
                return reader.known_texts("SubnetIds")
        return (Unknown(f"subnet group `{name}` is not loaded", (name,)),)


def default_subnets(inventory: Inventory) -> tuple[Maybe[str], ...]:
    """Return the subnets of the default VPC, for resources that name none."""
    return inventory.of_default_vpc("AWS::EC2::Subnet") or (DEFAULT_VPC,)


def _count(reader: Reader, placement: Placement) -> int | None:
    """Return the number of running members; None if it is not written."""
    count = reader.number(placement.count) if placement.count else None
    return count if isinstance(count, int) else None


def _labelled(places: list[Maybe[str]], count: int | None) -> Iterator[tuple[str, Maybe[str]]]:
    """Yield a place for each running member, at least one per subnet, with its label."""
    if count == 0:
        return
    for number in range(max(len(places), count or 0) if places else 0):
        turn, at = divmod(number, len(places))
        label = places[at] if isinstance(places[at], str) else at + 1
        yield f"{label}-{turn + 1}" if turn else str(label), places[at]


def _each(places: tuple[Maybe[str], ...]) -> Iterator[tuple[str, Maybe[str]]]:
    """Yield a place for each member, also in the same subnet, with its label."""
    for at, place in enumerate(places):
        turn, label = places[:at].count(place), place if isinstance(place, str) else at + 1
        yield f"{label}-{turn + 1}" if turn else str(label), place


def _addresses(reader: Reader, placement: Placement) -> Iterator[IPv4Address | None]:
    """Yield the addresses that the template gives to interfaces, in their order, without end."""
    listed, _, name = placement.addresses.partition(".")
    given = (part.ipv4_address(name) for part in reader.parts(listed)) if listed else ()
    return chain((address if isinstance(address, IPv4Address) else None for address in given), repeat(None))


SUBNET_GROUP_NAMES = (
    "DBSubnetGroupName",
    "CacheSubnetGroupName",
    "ClusterSubnetGroupName",
    "SubnetGroupName",
    "ReplicationSubnetGroupIdentifier",
)


def _groups(inventory: Inventory, reader: Reader, placement: Placement) -> tuple[Maybe[str], ...]:
    groups = _at(reader, placement.groups) if placement.groups else ()
    if not placement.own_group or (groups and reader.type == _EMR):
        return groups
    if reader.type in kubernetes.PLACED:
        return (*groups, *kubernetes.groups_of(inventory, reader))
    return (*groups, Unknown(f"AWS makes a group for `{reader.id}`", (f"the group that AWS makes for {reader.id}",)))


def _is_public(inventory: Inventory, reader: Reader, placement: Placement) -> Maybe[bool]:
    """Return whether the interfaces have public addresses: one of `_PUBLIC`. The first instance of a cluster is its writer."""
    if reader.type == batch.ENVIRONMENT and batch.is_fargate(reader):
        return batch.jobs_are_public(inventory, reader)
    if not placement.public:
        return False
    value = next(_values(reader, placement.public), None)
    if isinstance(value, Unknown):
        return value
    if value is None:
        return _is_public_by_default(inventory, reader, placement)
    return str(value).lower() in _PUBLIC


def _launches(reader: Reader) -> bool:
    """Return whether a service launches instances, to which the subnet may give public addresses."""
    if reader.type == batch.ENVIRONMENT:
        return not batch.is_fargate(reader)
    return reader.type in (_CLOUD9, _EMR, _IMAGE_BUILDER)


def _is_public_by_default(inventory: Inventory, reader: Reader, placement: Placement) -> bool:
    """Return whether interfaces are public of which nothing is said: of RDS those of the default group, Aurora's aside.

    A call that names no group makes the default one, which is a resource then.
    """
    if not reader.type.startswith("AWS::RDS::"):
        return placement.public_default
    group = reader.get("DBSubnetGroupName")
    alone = reader.type != "AWS::RDS::DBInstance" or not (reader.get("DBClusterIdentifier") or reader.get(_SOURCE))
    groups = inventory.of(*placement.group_of_subnets)
    usual = group is None or any(one.id == group and one.get("DBSubnetGroupName") == "default" for one in groups)
    return group == "default" or (usual and alone and not str(reader.get("Engine")).startswith("aurora"))


def default_groups(subnet_id: Maybe[str], subnets: Mapping[str, Subnet]) -> tuple[Maybe[str], ...]:
    """Return the default group of a subnet's VPC, for resources that name no group."""
    subnet = known_in(subnets, subnet_id)
    vpc_id = subnet.vpc_id if subnet is not None else subnet_id
    if isinstance(vpc_id, Unknown):
        return (vpc_id,)
    if subnet is None:
        what = f"the default group of the VPC of {subnet_id}"
        return (Unknown(f"{what} is not loaded", (what,)),)
    return (f"{vpc_id}.default",)


def _values(reader: Reader, path: str) -> Iterator[Any]:
    """Yield the values at a path, as they are written."""
    first, _, rest = path.partition(".")
    if not rest:
        yield reader.get(first)
    for part in reader.parts(first) if rest else ():
        yield from _values(part, rest)


def _at(reader: Reader, path: str) -> tuple[Maybe[str], ...]:
    """Return the texts at a path; a list on the path means all its items."""
    first, _, rest = path.partition(".")
    if not rest:
        return reader.known_texts(first)
    return tuple(text for part in reader.parts(first) for text in _at(part, rest))


READERS = (PartReader("network_interfaces", interfaces, needs=("subnets",)),)
