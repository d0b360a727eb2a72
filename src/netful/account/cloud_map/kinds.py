"""Namespaces, services and instances of Cloud Map as its operations return them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netful.account.records.view import Kind, View, plain
from netful.account.route53.view import zone_ids
from netful.account.wire.errors import ApiError
from netful.model.core import Resource
from netful.model.names.hosted_zones import HostedZone

SERVICE = "servicediscovery"
_ARN = "servicediscovery:{r}:{a}:"
NAMESPACES: Mapping[str, Kind] = {
    kind: Kind(f"AWS::ServiceDiscovery::{name}Namespace", "Namespace", "Namespace", f"{_ARN}namespace", "NamespaceNotFound")
    for kind, name in (("DNS_PRIVATE", "PrivateDns"), ("DNS_PUBLIC", "PublicDns"), ("HTTP", "Http"))
}  # fmt: skip
"""The kinds of namespaces, by their types in answers."""

SERVICES = Kind("AWS::ServiceDiscovery::Service", "Service", "Service", f"{_ARN}service", "ServiceNotFound")
INSTANCE = "AWS::ServiceDiscovery::Instance"
TAGGED: Sequence[Kind] = (*NAMESPACES.values(), SERVICES)
ATTRIBUTES = "InstanceAttributes"


def namespaces(view: View) -> Iterator[tuple[str, Resource]]:
    """Yield the namespaces, each with its type."""
    return ((type_, one) for type_, kind in NAMESPACES.items() for one in view.of_kind(kind))


def namespace_of(view: View, asked: object) -> tuple[str, Resource]:
    """Return the namespace with an id or an ARN. Raises ApiError for an unknown one."""
    name = view.name(str(asked).rpartition("/")[2])
    found = next(((type_, one) for type_, one in namespaces(view) if one.id == name), None)
    if found is None:
        raise ApiError("NamespaceNotFound", f"The namespace {asked} does not exist")
    return found


def service_of(view: View, asked: object) -> Resource:
    """Return the service with an id or an ARN. Raises ApiError for an unknown one."""
    return view.found(SERVICES, str(asked).rpartition("/")[2])


def services_in(view: View, namespace: Resource) -> list[Resource]:
    """Return the services of a namespace."""
    return [one for one in view.of_kind(SERVICES) if _namespace_named(view, one) == namespace.id]


def _namespace_named(view: View, service: Resource) -> str | None:
    config = plain(service, "DnsConfig")
    named = plain(service, "NamespaceId") or (config.get("NamespaceId") if isinstance(config, Mapping) else None)
    return view.name(named) if named else None


def instances_of(view: View, service: Resource) -> list[Resource]:
    """Return the instances that are registered in a service."""
    resources = view.cloud.template.resources.values()
    return [one for one in resources if one.type == INSTANCE and view.name(plain(one, "ServiceId")) == service.id]


def instance_id(view: View, instance: Resource) -> str:
    """Return the id of an instance, as given or its name."""
    return str(plain(instance, "InstanceId") or view.id(instance))


def attributes(instance: Resource) -> dict[str, str]:
    """Return the attributes of an instance."""
    return {str(key): str(value) for key, value in (plain(instance, ATTRIBUTES) or {}).items()}


def namespace(view: View, type_: str, one: Resource) -> dict[str, Any]:
    """Return the record of a namespace."""
    zone, name = view.cloud.names.hosted_zones.get(one.id), str(plain(one, "Name") or "")
    return {
        "Id": view.id(one),
        "Arn": view.arn(NAMESPACES[type_], one),
        "Name": name,
        "Type": type_,
        "Description": plain(one, "Description"),
        "ServiceCount": len(services_in(view, one)),
        "Properties": {"HttpProperties": {"HttpName": name}, **_dns(view, zone)},
        "CreateDate": view.created.of(view.id(one)).timestamp(),
        "CreatorRequestId": str(plain(one, "CreatorRequestId") or view.id(one)),
        "ResourceOwner": "SELF",
    }


def _dns(view: View, zone: HostedZone | None) -> dict[str, Any]:
    return {"DnsProperties": {"HostedZoneId": zone_ids(view.cloud)[zone.id], "SOA": {"TTL": 15}}} if zone else {}


def service(view: View, one: Resource) -> dict[str, Any]:
    """Return the record of a service."""
    named, config = _namespace_named(view, one), one.properties.get("DnsConfig")
    parts = ("Description", "DnsConfig", "HealthCheckConfig", "HealthCheckCustomConfig", "CreatorRequestId")
    written = {name: one.properties.get(name) for name in parts}
    own = {
        "Id": view.id(one), "Arn": view.arn(SERVICES, one), "Name": str(plain(one, "Name") or view.id(one)),
        "NamespaceId": view.cloud.aws_id(named) if named else None, "InstanceCount": len(instances_of(view, one)),
        "Type": "DNS_HTTP" if config else "HTTP", "ResourceOwner": "SELF",
        "CreateDate": view.created.of(view.id(one)).timestamp(),
    }  # fmt: skip
    if isinstance(config, Mapping):
        written["DnsConfig"] = {
            "RoutingPolicy": "MULTIVALUE",
            **config,
            "NamespaceId": own["NamespaceId"],
        }
    return {**written, **own}
