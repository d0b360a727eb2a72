"""Resources of the template outside every VPC: those with a public endpoint, and those that run in AWS's own network."""

from collections.abc import Iterator
from typing import Any

from netful.engine.names import collection_names
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown, at, mapping
from netful.model.names.partitions import in_region
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc_endpoints import VpcEndpoint

_CLUSTER = "AWS::EKS::Cluster"
_NOTEBOOK, _DOMAIN = "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::Domain"
_COLLECTION, _DSQL = "AWS::OpenSearchServerless::Collection", "AWS::DSQL::Cluster"
_RUNNER, _INGRESS = "AWS::AppRunner::Service", "AWS::AppRunner::VpcIngressConnection"
_SYNC = "AWS::AppSync::GraphQLApi"
_ANYTHING = ""


class _Endpoint(Frozen):
    """A public endpoint: its host, whose first part AWS decides, its port, and the property and the values of it that leave it out."""

    host: str
    port: int = 443
    without: str = ""
    values: tuple[str, ...] = ()


_SEARCH = _Endpoint("any.{region}.es.amazonaws.com", without="VPCOptions", values=(_ANYTHING,))
_PRIVATE = {
    _RUNNER: _Endpoint(
        "any.{region}.awsapprunner.com",
        without="NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
        values=("false",),
    ),
    _SYNC: _Endpoint("any.appsync-api.{region}.amazonaws.com", without="Visibility", values=("private",)),
}
"""Types whose public endpoint an endpoint of AWS's can replace."""
_ENDPOINTS = {
    **_PRIVATE,
    _DSQL: _Endpoint("any.dsql.{region}.on.aws", 5432),
    "AWS::ECS::ExpressGatewayService": _Endpoint("any.ecs.{region}.on.aws"),
    _CLUSTER: _Endpoint(
        "any.gr7.{region}.eks.amazonaws.com", without="ResourcesVpcConfig.EndpointPublicAccess", values=("false",)
    ),
    "AWS::Elasticsearch::Domain": _SEARCH,
    _COLLECTION: _Endpoint("any.{region}.aoss.amazonaws.com"),
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Transfer::Server": _Endpoint(
        "any.server.transfer.{region}.amazonaws.com", 22, "EndpointType", ("vpc", "vpc_endpoint")
    ),
}
_ASSUMED = {
    "AWS::ECS::ExpressGatewayService": "the subnets of `{}` are public, so its load balancer is on the internet",
    _COLLECTION: "the network policies of `{}` admit the client",
}

_OWN_NETWORK = {
    "AWS::CodeBuild::Project": "VpcConfig",
    "AWS::Glue::Job": "Connections",
    _NOTEBOOK: "SubnetId",
    "AWS::Synthetics::Canary": "VPCConfig",
}
"""Types that run in AWS's own network, with a way to the internet, unless a property places them in a VPC."""
_DIRECT = {_NOTEBOOK: ("DirectInternetAccess", "Enabled"), _DOMAIN: ("AppNetworkAccessType", "PublicInternetOnly")}
"""Types in a subnet that reach the internet by AWS's own network, with the property and its default, which gives them this way."""
_FILE_SYSTEMS = ("AWS::EFS::", "AWS::FSx::", "AWS::S3Files::")


def endpoint_of(cloud: Cloud, resource: Resource | None, *, outside: bool) -> tuple[str, int, tuple[str, ...]] | None:
    """Return the host, the port and the assumptions of a public endpoint for a client; None if it has none.

    A cluster of EKS with private access has it for clients `outside` the VPC alone: inside, its name leads to its interfaces.
    """
    found = _ENDPOINTS.get(resource.type) if resource else None
    if resource is None or found is None or _is_without(resource, found):
        return None
    config = mapping(resource.properties.get("ResourcesVpcConfig"))
    has_private = str(config.get("EndpointPrivateAccess", "false")).casefold() != "false"
    if resource.type == _CLUSTER and has_private and not outside:
        return None
    host = in_region(found.host, region := cloud.region_of(resource.id)).format(region=region)
    return host, found.port, tuple(_assumptions(cloud, resource, config.get("PublicAccessCidrs")))


def is_public_api(cloud: Cloud, name: str) -> bool:
    """Return whether a resource is an API of AppSync that is not private."""
    resource = cloud.template.resources.get(name)
    return resource is not None and resource.type == _SYNC and not _is_without(resource, _PRIVATE[_SYNC])


def private_endpoint(cloud: Cloud, resource: Resource) -> VpcEndpoint | None:
    """Return the endpoint that leads to a service that is surely private, if only one that is loaded does."""
    found = _PRIVATE.get(resource.type)
    if (
        found is None
        or not isinstance(at(resource.properties, found.without), str | bool)
        or not _is_without(resource, found)
    ):
        return None
    leading = [one for one in cloud.network.vpc_endpoints.values() if one.service == "appsync-api"]
    if resource.type == _RUNNER:
        connections = cloud.template.of_type(_INGRESS)
        own = (one for one in connections if resource.id in one.references)
        ids = {cloud.named(str(at(one.properties, "IngressVpcConfiguration.VpcEndpointId"))) for one in own}
        leading = [one for id_, one in cloud.network.vpc_endpoints.items() if id_ in ids]
    return leading[0] if len(leading) == 1 else None


def private_place(resource: Resource) -> NetworkInterface | None:
    """Return the unknown place of a service that is, or may be, private: an endpoint leads to it; None for all others."""
    found = _PRIVATE.get(resource.type)
    if found is None or not _is_without(resource, found):
        return None
    what = f"the endpoint that leads to `{resource.id}`"
    place = Unknown(f"{what} is not known", (what,))
    owner = InterfaceOwner.SERVICE
    return NetworkInterface(f"eni-{resource.id}", owner, resource.id, place, (place,), origin=resource.origin)


def _assumptions(cloud: Cloud, resource: Resource, admitted: Any) -> Iterator[str]:
    own = [*cloud.template.of_type(collection_names.ENDPOINT)]
    if resource.type != _COLLECTION or not own:
        yield f"clients reach `{resource.id}` at its public endpoint, whose own policies are not evaluated"
    if resource.type in _ASSUMED:
        yield _ASSUMED[resource.type].format(resource.id)
    if isinstance(admitted, list):
        yield f"the public endpoint of `{resource.id}` admits only {', '.join(map(str, admitted))}"
    if _has_endpoint(cloud, resource.type):
        yield f"the client's VPC has no endpoint with the name of `{resource.id}`"


def _has_endpoint(cloud: Cloud, type_: str) -> bool:
    """Return whether a VPC may have an endpoint of its own kind for such a resource, whose private names are not read there."""
    if type_ == _DSQL:
        return any(str(one.service).startswith("dsql") for one in cloud.network.vpc_endpoints.values())
    own = cloud.template.of_type(collection_names.ENDPOINT)
    return type_ == _COLLECTION and any(isinstance(one.properties.get("VpcId"), Unknown) for one in own)


def _is_without(resource: Resource, endpoint: _Endpoint) -> bool:
    """Return whether a resource has no public endpoint; one whose property is not known may have none."""
    value = at(resource.properties, endpoint.without) if endpoint.without else None
    if value is None or isinstance(value, Unknown):
        return value is not None
    return _ANYTHING in endpoint.values or str(value).casefold() in endpoint.values


def source_of(resource: Resource | None, *, public: bool) -> Source | None:
    """Return the client that a resource is which runs in AWS's own network; None for all others.

    A notebook in a subnet reaches what is `public` by SageMaker's network, unless its direct internet access is off. The apps of a
    domain reach nothing but their file systems by its subnets, unless its access is `VpcOnly`.
    """
    if resource is None or resource.type not in {**_OWN_NETWORK, **_DIRECT}:
        return None
    placed = resource.type == _DOMAIN or resource.properties.get(_OWN_NETWORK[resource.type]) is not None
    name, usual = _DIRECT.get(resource.type, ("", ""))
    direct = bool(name) and resource.properties.get(name, usual) == usual
    by_subnet = resource.type != _DOMAIN or at(resource.properties, "DefaultUserSettings.CustomFileSystemConfigs")
    away = not placed or (direct and (public or not by_subnet))
    return Source(resource.id, outside=Outside.INTERNET) if away else None


def assumed_of_subnets(resource: Resource | None, target: Resource | None) -> Iterator[str]:
    """Yield what a path from the subnets of a resource to a target assumes, if it may use AWS's own network instead."""
    if resource is None or resource.type not in _DIRECT:
        return
    name, usual = _DIRECT[resource.type]
    access = resource.properties.get(name, usual)
    if isinstance(access, Unknown):
        yield f"`{resource.id}` reaches the destination by its subnets: `{name}` is not known"
    elif resource.type == _DOMAIN and access == usual and not (target and target.type.startswith(_FILE_SYSTEMS)):
        yield f"the destination is a file system: `{resource.id}` reaches nothing else by its subnets"
