"""AWS Cloud Map's private DNS namespaces: zones of a VPC, in which services and their instances have names.

A service's name gives the addresses of the instances of the template, and of the tasks of ECS services that register there.
Those are known once interfaces have addresses: until then the attribute that will hold one stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netful.model.unknown import Maybe, Unknown
from netful.model.zones import HostedZone, RecordSet
from netful.sources.reading import Inventory, Reader

_ADDRESS_TYPES = ("A", "AAAA")


def namespaces(inventory: Inventory) -> dict[str, HostedZone]:
    """The namespaces as private zones with a record for each service that has an address."""
    zones = {
        reader.id: HostedZone(
            reader.id, _bare(reader.required("Name")), (reader.required("Vpc"),), origin=reader.origin
        )
        for reader in inventory.of("AWS::ServiceDiscovery::PrivateDnsNamespace")
    }
    for service in inventory.of("AWS::ServiceDiscovery::Service"):
        zone = next((zones[name] for name in _named(service) if name in zones), None)
        name = service.text("Name")
        values = tuple(_addresses(inventory, service.id))
        if zone is not None and isinstance(name, str) and values and _has_addresses(service):
            record = RecordSet(service.id, f"{_bare(name)}.{zone.name}", "A", values, origin=service.origin)
            zones[zone.id] = replace(zone, records=(*zone.records, record))
    return zones


def _bare(name: Maybe[str]) -> str:
    return "" if isinstance(name, Unknown) else name.rstrip(".").lower()


def _named(service: Reader) -> Iterator[str]:
    """The namespace of a service, which may stand in either place."""
    for reader in (service, service.part("DnsConfig")):
        namespace = reader.text("NamespaceId")
        if isinstance(namespace, str):
            yield namespace


def _has_addresses(service: Reader) -> bool:
    return any(record.text("Type") in _ADDRESS_TYPES for record in service.part("DnsConfig").parts("DnsRecords"))


def _addresses(inventory: Inventory, service_id: str) -> Iterator[Maybe[str]]:
    for instance in inventory.of("AWS::ServiceDiscovery::Instance"):
        address = instance.part("InstanceAttributes").text("AWS_INSTANCE_IPV4")
        if instance.text("ServiceId") == service_id and address is not None:
            yield address
    for tasks in inventory.of("AWS::ECS::Service"):
        registries = (registry.text("RegistryArn") for registry in tasks.parts("ServiceRegistries"))
        if any(isinstance(arn, str) and arn.rpartition("/")[2] == service_id for arn in registries):
            yield Unknown(f"the addresses of the tasks of `{tasks.id}`", (f"{tasks.id}.PrivateIp",))
