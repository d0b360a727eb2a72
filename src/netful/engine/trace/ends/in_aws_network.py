"""Resources of the template outside every VPC: those with a public endpoint, and those that run in AWS's own network."""

from collections.abc import Iterator
from typing import Any

from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown, at, mapping

_CLUSTER, _NOTEBOOK = "AWS::EKS::Cluster", "AWS::SageMaker::NotebookInstance"
_ANYTHING = ""


class _Endpoint(Frozen):
    """A public endpoint: its host, the property and the values of it that leave it out, and its port."""

    host: str
    without: str
    values: tuple[str, ...]
    port: int = 443


_SEARCH = _Endpoint("search-{name}.{region}.es.amazonaws.com", "VPCOptions", (_ANYTHING,))
_ENDPOINTS = {
    "AWS::AppRunner::Service": _Endpoint(
        "{name}.{region}.awsapprunner.com",
        "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
        ("false",),
    ),
    "AWS::AppSync::GraphQLApi": _Endpoint("{name}.appsync-api.{region}.amazonaws.com", "Visibility", ("private",)),
    _CLUSTER: _Endpoint("{name}.gr7.{region}.eks.amazonaws.com", "ResourcesVpcConfig.EndpointPublicAccess", ("false",)),
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Transfer::Server": _Endpoint(
        "{name}.server.transfer.{region}.amazonaws.com", "EndpointType", ("vpc", "vpc_endpoint"), 22
    ),
}

_OWN_NETWORK = {
    "AWS::CodeBuild::Project": "VpcConfig",
    "AWS::Glue::Job": "Connections",
    _NOTEBOOK: "SubnetId",
    "AWS::Synthetics::Canary": "VPCConfig",
}
"""Types that run in AWS's own network, with a way to the internet, unless a property places them in a VPC."""


def endpoint_of(cloud: Cloud, resource: Resource | None, *, outside: bool) -> tuple[str, int, tuple[str, ...]] | None:
    """Return the host, the port and the assumptions of a public endpoint for a client; None if it has none.

    A cluster of EKS with private access has it for clients `outside` the VPC alone: inside, its name leads to its interfaces.
    """
    found = _ENDPOINTS.get(resource.type) if resource else None
    if resource is None or found is None or _is_one_of(at(resource.properties, found.without), found.values):
        return None
    config = mapping(resource.properties.get("ResourcesVpcConfig"))
    has_private = str(config.get("EndpointPrivateAccess", "false")).casefold() != "false"
    if resource.type == _CLUSTER and has_private and not outside:
        return None
    host = found.host.format(name=resource.id.replace("/", "-").lower(), region=cloud.region)
    return host, found.port, tuple(_assumptions(resource.id, config.get("PublicAccessCidrs")))


def _assumptions(name: str, admitted: Any) -> Iterator[str]:
    yield f"clients reach `{name}` at its public endpoint, whose own policies are not evaluated"
    if isinstance(admitted, list):
        yield f"the public endpoint of `{name}` admits only {', '.join(map(str, admitted))}"


def _is_one_of(value: Any, values: tuple[str, ...]) -> bool:
    """Return whether a property has one of some values; an unknown one may have any."""
    if value is None or isinstance(value, Unknown):
        return value is not None
    return _ANYTHING in values or str(value).casefold() in values


def source_of(resource: Resource | None, *, public: bool) -> Source | None:
    """Return the client that a resource is which runs in AWS's own network; None for all others.

    A notebook in a subnet reaches what is `public` by SageMaker's network, unless its direct internet access is off.
    """
    if resource is None or resource.type not in _OWN_NETWORK:
        return None
    placed = resource.properties.get(_OWN_NETWORK[resource.type]) is not None
    direct = resource.type == _NOTEBOOK and resource.properties.get("DirectInternetAccess", "Enabled") == "Enabled"
    return Source(resource.id, outside=Outside.INTERNET) if not placed or (public and direct) else None
