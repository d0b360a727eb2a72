"""EC2 instances, fleets of them, and separate network interfaces of the template (vpc-network §1.3, §1.9)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from itertools import product

from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.network.gateways import ElasticIp
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork, Subnet
from netful.sources.parts import PartReader
from netful.sources.readers import kubernetes, launching
from netful.sources.readers.container_instances import services_by_host, unplaced
from netful.sources.readers.gateways import further_elastic_ips
from netful.sources.readers.managed import DEFAULT_VPC, default_groups, default_subnets
from netful.sources.readers.security_groups import group_named
from netful.sources.readers.stopped import STOPPED, idle_where_stopped
from netful.sources.template.reading import Inventory, Reader

_ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"
_LAUNCHED = ("AWS::EC2::Instance", *launching.FLEETS)


def network_interfaces(
    inventory: Inventory, subnets: Mapping[str, Subnet], elastic_ips: Mapping[str, ElasticIp]
) -> dict[str, NetworkInterface]:
    """Return the interfaces of instances, and separate interfaces of the template."""
    held = (*elastic_ips.values(), *further_elastic_ips(inventory, elastic_ips))
    making = _Making(inventory, subnets, held, services_by_host(inventory))
    found = {r.id: making.interface((r,), r.id, r) for r in inventory.of("AWS::EC2::NetworkInterface")}
    for reader in inventory.of("AWS::EC2::Instance"):
        for eni in making.of_instance(reader, found):
            found[eni.id] = eni
    for reader in inventory.of(_ATTACHMENT):
        attached, instance = reader.text("NetworkInterfaceId"), reader.text("InstanceId")
        if isinstance(attached, str) and attached in found and isinstance(instance, str):
            index = reader.count("DeviceIndex", 1)
            found[attached] = replace(found[attached], owner_id=instance, device_index=index)
    for reader in inventory.of(*launching.FLEETS):
        found |= {eni.id: eni for eni in making.of_fleet(reader)}
    found |= {eni.id: eni for eni in unplaced(inventory, making.services)}
    return idle_where_stopped(inventory, found, "instance")


class _Making(Frozen, dict=True):
    """Shared data for making interfaces."""

    inventory: Inventory
    subnets: Mapping[str, Subnet]
    elastic_ips: tuple[ElasticIp, ...]
    services: Mapping[str, tuple[str, ...]]

    def of_instance(self, reader: Reader, written: Mapping[str, NetworkInterface]) -> Iterator[NetworkInterface]:
        """Yield an instance's own interfaces: those written within it, or the one that AWS makes from its subnet."""
        inner = list(reader.parts("NetworkInterfaces"))
        for number, part in enumerate(inner):
            attached = part.text("NetworkInterfaceId")
            index = part.count("DeviceIndex", number)
            if attached is None and number:
                further = self.interface((part,), f"eni-{reader.id}-{number}", reader)
                yield replace(further, device_index=index)
            elif isinstance(attached, str) and attached in written:
                eni = replace(written[attached], owner_id=reader.id, device_index=index)
                yield self._with_elastic_ips(eni, reader.id) if index == 0 else eni
        if not inner or inner[0].text("NetworkInterfaceId") is None:
            yield self.interface(launching.layers(self.inventory, reader), f"eni-{reader.id}", reader)

    def of_fleet(self, reader: Reader) -> Iterator[NetworkInterface]:
        """Yield the interfaces of an Auto Scaling group or of nodes: one for each of the subnets."""
        found = launching.layers(self.inventory, reader)
        for number, subnet_id in enumerate(
            reader.known_texts(launching.FLEETS[reader.type]) or default_subnets(self.inventory), 1
        ):
            label = subnet_id if isinstance(subnet_id, str) else number
            yield self._placed(found, f"eni-{reader.id}-{label}", reader, subnet_id)

    def interface(self, found: tuple[Reader, ...] | Unknown, id_: str, owner: Reader) -> NetworkInterface:
        """Return the interface that some layers describe, or only the owner where they are not known."""
        own = owner.text("SubnetId") if isinstance(found, Unknown) else _subnet_of(found)
        return self._placed(found, id_, owner, default_subnets(self.inventory)[0] if own is None else own)

    def _placed(
        self, found: tuple[Reader, ...] | Unknown, id_: str, owner: Reader, subnet_id: Maybe[str]
    ) -> NetworkInterface:
        known = (owner,) if isinstance(found, Unknown) else found
        groups = tuple(group_named(self.inventory, group) for group in launching.groups(known))
        groups = groups or ((found,) if isinstance(found, Unknown) else ())
        if owner.type == kubernetes.NODES:
            groups = groups or kubernetes.groups_of(self.inventory, owner)
        primary, secondary = _private_addresses(known[0])
        ipv6 = _ipv6_addresses(known)
        eni = NetworkInterface(
            id=id_,
            owner=InterfaceOwner.INSTANCE,
            owner_id=owner.id,
            subnet_id=subnet_id,
            security_group_ids=groups or default_groups(subnet_id, self.subnets),
            private_ip_address=primary,
            secondary_private_ip_addresses=secondary,
            ipv6_address=next(iter(ipv6), None),
            ipv6_address_count=_ipv6_count(known),
            service_ids=self.services.get(owner.id, ()),
            source_dest_check=owner.flag("SourceDestCheck", default=True),
            delegated_prefixes=(*_prefixes(known), *_hidden_addresses(known[0]), *map(IPv6Network, ipv6)),
            origin=owner.origin,
        )
        eni = self._with_elastic_ips(eni, id_, *([owner.id] if id_ in (owner.id, f"eni-{owner.id}") else ()))
        if eni.public_ip is not None:
            return eni
        public_ip = self._public_ip(known, owner, subnet_id)
        private = public_ip is None and (self._is_private(known) or self._has_several(owner))
        return replace(eni, public_ip=public_ip, private=private)

    def _with_elastic_ips(self, eni: NetworkInterface, *names: str) -> NetworkInterface:
        """Return an interface with the Elastic IPs that are associated with it, or with its instance, by their names."""
        held = [
            (eip.private_ip_address, eip.public_ip)
            for eip in self.elastic_ips
            if not {*names}.isdisjoint((str(eip.network_interface_id), str(eip.instance_id)))
        ]
        own, secondary = eni.private_ip_address, eni.secondary_private_ip_addresses
        first = (public for at, public in held if at not in secondary and (at is None or own in (None, at)))
        further = tuple((at, public) for at, public in held if at is not None and at in secondary)
        return replace(
            eni, public_ip=next(first, eni.public_ip), secondary_public_ips=(*eni.secondary_public_ips, *further)
        )

    def _public_ip(self, found: tuple[Reader, ...], owner: Reader, subnet_id: Maybe[str]) -> IPv4Address | None:
        subnet = known_in(self.subnets, subnet_id)
        launched = owner.type in _LAUNCHED
        maps = subnet is not None and subnet.map_public_ip_on_launch and not subnet.ipv6_native
        gives = launched and (subnet_id is DEFAULT_VPC or maps) and not self._has_several(owner)
        if self._is_stopped(owner):
            return None
        says = launching.strongest(found, "AssociatePublicIpAddress") or owner
        return self.inventory.public_address() if says.flag("AssociatePublicIpAddress", default=gives) else None

    def _has_several(self, owner: Reader) -> bool:
        return owner.type in _LAUNCHED and launching.has_several_interfaces(self.inventory, owner)

    def _is_private(self, found: tuple[Reader, ...]) -> bool:
        """Return whether the description refuses the public address that the subnet may give."""
        says = launching.strongest(found, "AssociatePublicIpAddress")
        return says is not None and not says.flag("AssociatePublicIpAddress", default=True)

    def _is_stopped(self, owner: Reader) -> bool:
        return any(reader.text("InstanceId") == owner.id for reader in self.inventory.of(STOPPED))


def _subnet_of(found: tuple[Reader, ...]) -> Maybe[str] | None:
    says = launching.strongest(found, "SubnetId")
    return None if says is None else says.text("SubnetId")


def _private_addresses(reader: Reader) -> tuple[IPv4Address | None, tuple[IPv4Address, ...]]:
    """Return the fixed first address, and the further ones."""
    primary, secondary = reader.ipv4_address("PrivateIpAddress"), []
    for part in reader.parts("PrivateIpAddresses"):
        address = part.ipv4_address("PrivateIpAddress")
        if part.flag("Primary", default=False):
            primary = address
        elif address is not None:
            secondary.append(address)
    return primary, tuple(secondary)


def _ipv6_addresses(found: tuple[Reader, ...]) -> Iterator[IPv6Address]:
    for reader in found:
        for part in reader.parts("Ipv6Addresses"):
            address = part.ipv6_address("Ipv6Address")
            if address is not None:
                yield address


def _prefixes(found: tuple[Reader, ...]) -> Iterator[Maybe[IPNetwork]]:
    """Yield the prefixes that are delegated to an interface, which is a resource of its own."""
    own = [reader for reader in found if reader.type == "AWS::EC2::NetworkInterface"]
    for reader, family in product(own, ("Ipv4Prefix", "Ipv6Prefix")):
        for part in reader.each(f"{family}es"):
            block = part if isinstance(part, Unknown) else part.network(family)
            if block is not None:
                yield block
        if reader.number(f"{family}Count") not in (None, 0):
            yield Unknown(f"AWS chooses prefixes of `{reader.id}`", (f"the prefixes of {reader.id}",))


def _hidden_addresses(reader: Reader) -> Iterator[Unknown]:
    """Yield the fixed addresses that are not known."""
    for part in (reader, *reader.each("PrivateIpAddresses")):
        address = part if isinstance(part, Unknown) else part.text("PrivateIpAddress")
        if isinstance(address, Unknown):
            yield address


def _ipv6_count(found: tuple[Reader, ...]) -> int | None:
    """Return the number of requested IPv6 addresses; None means the subnet's setting."""
    says = launching.strongest(found, "Ipv6AddressCount")
    return None if says is None else says.count("Ipv6AddressCount", 0)


READERS = (PartReader("network_interfaces", network_interfaces, needs=("subnets", "elastic_ips")),)
