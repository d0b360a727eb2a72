"""Names of Service Connect of ECS, which a proxy beside each task of a client resolves.

What they lead to is not read. To such a task a name is unknown if it is an alias of a loaded service in the same namespace, whatever
DNS has, or if it belongs to the namespace and DNS does not have it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true, mapping, mappings
from netful.model.network.network_interface import NetworkInterface

_TASKS = "AWS::ECS::Service"


def leads(cloud: Cloud, eni: NetworkInterface, host: str, *, exists: bool) -> bool:
    """Return whether Service Connect may lead a task with an interface to a name; `exists`: DNS has it."""
    own = _configuration(cloud.template.resources.get(eni.owner_id))
    if not own:
        return False
    namespace = _namespace(cloud, own)
    every = (_configuration(one) for one in cloud.template.resources.values())
    aliases = {name.lower() for one in every if _namespace(cloud, one) == namespace for name in _aliases(one)}
    return host in aliases or (not exists and namespace != "" and host.endswith(f".{namespace}"))


def _configuration(resource: Resource | None) -> Mapping[str, Any]:
    """Return the configuration of a service that uses Service Connect."""
    found = mapping(resource.properties.get("ServiceConnectConfiguration")) if resource is not None else {}
    return found if resource is not None and resource.type == _TASKS and is_true(found.get("Enabled")) else {}


def _namespace(cloud: Cloud, configuration: Mapping[str, Any]) -> str:
    """Return the name of a namespace, which may be written as its id or ARN; "" if it is not known."""
    written = configuration.get("Namespace")
    if not isinstance(written, str):
        return ""
    loaded = cloud.template.resources.get(cloud.names_by_id.get(written.rpartition("/")[2], ""))
    name = written if loaded is None else loaded.properties.get("Name")
    return name.lower() if isinstance(name, str) and not name.startswith("arn:") else ""


def _aliases(configuration: Mapping[str, Any]) -> Iterator[str]:
    for service in mappings(configuration.get("Services")):
        for alias in mappings(service.get("ClientAliases")):
            if isinstance(name := alias.get("DnsName"), str):
                yield name
