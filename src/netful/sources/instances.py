"""EC2 instances and network interfaces that the template writes itself (spec: vpc-network §1.3, §1.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.gateways import ElasticIp
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Unknown
from netful.model.vpc import Subnet
from netful.sources.reading import Inventory, Reader


def network_interfaces(
    inventory: Inventory, subnets: Mapping[str, Subnet], elastic_ips: Iterable[ElasticIp], public: Iterator[IPv4Address]
) -> dict[str, NetworkInterface]:
    """The interfaces of instances, and those that stand alone; `public` gives AWS's own public addresses."""
    making = _Making(subnets, list(elastic_ips), public)
    found = {r.id: making.interface(r, r.id, r) for r in inventory.of("AWS::EC2::NetworkInterface")}
    for reader in inventory.of("AWS::EC2::Instance"):
        for eni in making.of_instance(reader, found):
            found[eni.id] = eni
    return found


class _Making:
    """What every interface is made with."""

    def __init__(
        self, subnets: Mapping[str, Subnet], elastic_ips: list[ElasticIp], public: Iterator[IPv4Address]
    ) -> None:
        self._subnets = subnets
        self._elastic_ips = elastic_ips
        self._public = public

    def of_instance(self, reader: Reader, written: Mapping[str, NetworkInterface]) -> Iterator[NetworkInterface]:
        """An instance's own interfaces: those written within it, or the one that AWS makes from its subnet."""
        inner = list(reader.parts("NetworkInterfaces"))
        for number, part in enumerate(inner):
            attached = part.text("NetworkInterfaceId")
            if attached is None and part.has("SubnetId"):
                yield self.interface(part, f"eni-{reader.id}-{number}" if number else f"eni-{reader.id}", reader)
            elif isinstance(attached, str) and attached in written:
                yield _attached(written[attached], reader)
        if not inner and reader.has("SubnetId"):
            yield self.interface(reader, f"eni-{reader.id}", reader)

    def interface(self, reader: Reader, id_: str, owner: Reader) -> NetworkInterface:
        """The interface that a mapping describes."""
        subnet_id = reader.required("SubnetId")
        groups = reader.known_texts("GroupSet") or reader.known_texts("SecurityGroupIds")
        subnet = self._subnets.get(subnet_id) if isinstance(subnet_id, str) else None
        if not groups and subnet is not None:
            groups = (subnet.vpc_id if isinstance(subnet.vpc_id, Unknown) else f"{subnet.vpc_id}.default",)
        return NetworkInterface(
            id=id_,
            owner=InterfaceOwner.INSTANCE,
            owner_id=owner.id,
            subnet_id=subnet_id,
            security_group_ids=groups,
            private_ip_address=reader.ipv4_address("PrivateIpAddress"),
            public_ip=self._public_ip(reader, id_, owner, subnet),
            source_dest_check=owner.flag("SourceDestCheck", default=True),
            origin=owner.origin,
        )

    def _public_ip(self, reader: Reader, id_: str, owner: Reader, subnet: Subnet | None) -> IPv4Address | None:
        for eip in self._elastic_ips:
            if {id_, owner.id} & {n for n in (eip.network_interface_id, eip.instance_id) if isinstance(n, str)}:
                return eip.public_ip
        gives = owner.type == "AWS::EC2::Instance" and subnet is not None and subnet.map_public_ip_on_launch
        if not reader.flag("AssociatePublicIpAddress", default=gives):
            return None
        return next(self._public)


def _attached(eni: NetworkInterface, instance: Reader) -> NetworkInterface:
    return replace(eni, owner_id=instance.id)
