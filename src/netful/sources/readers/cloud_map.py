"""Cloud Map's DNS namespaces as hosted zones: a name for each service, with the addresses of its instances.

1. A private namespace makes a private zone, associated with its VPC; a public one a public zone; an HTTP one makes
   none.
2. A service whose records are of type A has the addresses of its instances, and of the tasks of ECS services that name
   it. An instance that is another name makes a CNAME or an alias. Without instances, the name does not exist.
3. A service with only SRV records has no address by its own name: its records contain the names of its instances.
4. Service Connect's names are not read: a proxy beside each task resolves them on AWS. They are unknown (`service_connect`).
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.model.core import Maybe, Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.sources.template.reading import Inventory, Reader, known_or

_SERVICE = "AWS::ServiceDiscovery::Service"
_TASKS, _CONNECT = "AWS::ECS::Service", "ServiceConnectConfiguration"
_PRIVATE, _PUBLIC = "AWS::ServiceDiscovery::PrivateDnsNamespace", "AWS::ServiceDiscovery::PublicDnsNamespace"
_VALUES = {"A": "AWS_INSTANCE_IPV4", "AAAA": "AWS_INSTANCE_IPV6", "CNAME": "AWS_INSTANCE_CNAME"}
"""The attribute of instances that is the value of records of a type."""


def namespaces(inventory: Inventory) -> dict[str, HostedZone]:
    """Return the zones of the namespaces, with the records of their services."""
    for service in inventory.of(_TASKS):
        _warn_of_connect(service)
    return {reader.id: _zone(inventory, reader) for reader in inventory.of(_PRIVATE, _PUBLIC)}


def _warn_of_connect(service: Reader) -> None:
    if service.part(_CONNECT).flag("Enabled", default=False):
        service.warn(
            _CONNECT,
            f"`{service.id}` uses Service Connect, whose names netful does not resolve; "
            "hint: `ServiceRegistries` with a namespace of Cloud Map names its tasks here",
        )


def _zone(inventory: Inventory, reader: Reader) -> HostedZone:
    name = known_or(reader.text("Name"), "").rstrip(".").lower()
    vpc_ids = (reader.required("Vpc"),) if reader.type == _PRIVATE else ()
    services = (each for each in inventory.of(_SERVICE) if _namespace(each) == reader.id)
    records = tuple(record for each in services for record in _records(inventory, each, name))
    return HostedZone(reader.id, name, vpc_ids, records, origin=reader.origin)


def _namespace(service: Reader) -> Maybe[str] | None:
    return service.text("NamespaceId") or service.part("DnsConfig").text("NamespaceId")


def _records(inventory: Inventory, service: Reader, zone: str) -> Iterator[RecordSet]:
    own = service.text("Name")
    aliases = tuple(_registered(inventory, service.id, "AWS_ALIAS_DNS_NAME"))
    for part in service.part("DnsConfig").parts("DnsRecords") if isinstance(own, str) else ():
        kind = known_or(part.text("Type"), "")
        attribute, ttl = _VALUES.get(kind), part.number("TTL")
        values = tuple(_registered(inventory, service.id, attribute)) if attribute else ()
        values += tuple(_tasks(inventory, service.id)) if kind == "A" else ()
        record = RecordSet(
            id=service.id,
            name=f"{own}.{zone}".lower(),
            type=kind,
            values=values,
            ttl=ttl if isinstance(ttl, int) else None,
            origin=service.origin,
        )
        if values:
            yield record
        for alias in aliases:
            yield replace(record, values=(), alias=alias)


def _registered(inventory: Inventory, service_id: str, attribute: str) -> Iterator[Maybe[str]]:
    """Yield an attribute of a service's instances."""
    for instance in inventory.of("AWS::ServiceDiscovery::Instance"):
        value = instance.part("InstanceAttributes").text(attribute)
        if instance.text("ServiceId") == service_id and value is not None:
            yield value


def _tasks(inventory: Inventory, service_id: str) -> Iterator[Unknown]:
    """Yield the addresses of the tasks that ECS registers with a service: they are chosen later."""
    for tasks in inventory.of(_TASKS):
        named = (known_or(part.text("RegistryArn"), "") for part in tasks.parts("ServiceRegistries"))
        if (
            any(tasks.named(name.partition(":service/")[2]) == service_id for name in named)
            and tasks.number("DesiredCount") != 0
        ):
            yield Unknown(f"the addresses of the tasks of `{tasks.id}`", (f"{tasks.id}.PrivateIp",))
