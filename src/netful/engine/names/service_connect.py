"""Names of Service Connect of ECS, which a proxy beside each task of a client resolves.

netful does not read where these names lead. For a client in a namespace, a name is unknown in two cases:

- it is an alias of a loaded service in this namespace: the proxy comes before DNS;
- it belongs to the namespace, and DNS does not have it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, at, is_true, mapping, mappings
from netful.model.network.network_interface import NetworkInterface

_TASKS, _CLUSTER = "AWS::ECS::Service", "AWS::ECS::Cluster"


def leads(cloud: Cloud, eni: NetworkInterface, host: str, *, exists: bool) -> bool:
    """Return whether Service Connect may lead a task with an interface to a name; `exists`: DNS has it."""
    client = cloud.template.resources.get(eni.owner_id)
    if client is None or not _configuration(client):
        return False
    own, host = _namespace(cloud, client), host.lower()
    named = {one.id: _namespace(cloud, one) for one in cloud.template.resources.values() if _configuration(one)}
    near = [id_ for id_, namespace in named.items() if namespace in (own, None) or own is None]
    aliases = {name.lower() for id_ in near for name in _aliases(cloud.template.resources[id_], named[id_] or own)}
    return host in aliases or (not exists and (own is None or host.endswith(f".{own}")))


def offers(cloud: Cloud, host: str) -> bool:
    """Return whether a service offers an alias with this name, which may have a single label."""
    offering = (one for one in cloud.template.resources.values() if _configuration(one))
    return any(host.lower() == name.lower() for one in offering for name in _aliases(one, _namespace(cloud, one)))


def _configuration(resource: Resource) -> Mapping[str, Any]:
    """Return the configuration of a service that uses Service Connect, or may use it."""
    written = resource.properties.get("ServiceConnectConfiguration")
    found = {"Enabled": written} if isinstance(written, Unknown) else mapping(written)
    enabled = found.get("Enabled")
    return found if resource.type == _TASKS and (isinstance(enabled, Unknown) or is_true(enabled)) else {}


def _namespace(cloud: Cloud, service: Resource) -> str | None:
    """Return the name of a service's namespace: its own or its cluster's, written as its name, id or ARN; None if it is not known."""
    every = cloud.template.resources
    named = str(service.properties.get("Cluster")).rpartition("/")[2]
    clusters = (one for one in every.values() if one.type == _CLUSTER and cloud.physical_id(one.id) == named)
    usual = next((at(one.properties, "ServiceConnectDefaults.Namespace") for one in clusters), None)
    written = _configuration(service).get("Namespace", usual)
    if not isinstance(written, str):
        return None
    loaded = every.get(cloud.names_by_id.get(written.rpartition("/")[2], ""))
    name = written if loaded is None else loaded.properties.get("Name")
    return name.lower() if isinstance(name, str) and not name.startswith("arn:") else None


def _aliases(service: Resource, namespace: str | None) -> Iterator[str]:
    """Yield the names of what a service offers; without an alias it is the name in the namespace."""
    for offered in mappings(_configuration(service).get("Services")):
        for alias in mappings(offered.get("ClientAliases")) or [{}]:
            usual = f"{offered.get('DiscoveryName') or offered.get('PortName')}.{namespace}"
            if isinstance(name := alias.get("DnsName", usual), str):
                yield name
