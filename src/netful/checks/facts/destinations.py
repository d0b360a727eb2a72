"""Destinations in use: those of the functions, the resources with interfaces, and the internet."""

from collections.abc import Iterator, Mapping

from netful.checks.facts.apis import function_behind, request_to, requested_routes, routes
from netful.checks.facts.cloud_facts import Facts
from netful.engine.apis.routing import route_for
from netful.engine.apis.ways import sample, sample_path, written
from netful.engine.files.mounts import file_system_of
from netful.engine.names import api_names
from netful.engine.network import on_premises
from netful.model.apis.api import Api
from netful.model.network.network_interface import InterfaceOwner

_SERVERS = (InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.INSTANCE, InterfaceOwner.LOAD_BALANCER,
            InterfaceOwner.SERVICE)  # fmt: skip
_CLIENTS = (InterfaceOwner.INSTANCE, InterfaceOwner.SERVICE)
# Services that answer but never connect.
_ANSWERING = frozenset({
    "AWS::AmazonMQ::Broker", "AWS::ApiGatewayV2::VpcLink", "AWS::DirectoryService::MicrosoftAD",
    "AWS::DirectoryService::SimpleAD", "AWS::EFS::MountTarget", "AWS::Elasticsearch::Domain", "AWS::FSx::FileSystem",
    "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "AWS::OpenSearchServerless::VpcEndpoint",
    "AWS::OpenSearchService::Domain", "AWS::Transfer::Server",
})  # fmt: skip


def destinations_in_use(facts: Facts) -> tuple[str, ...]:
    """Return the destinations, each once: first those of the functions and services, then resources, then the internet."""
    apis = {url: api for api in facts.cloud.apis.by_id.values() for url in api_names.invoke_urls(facts.cloud, api)}
    used = (_request(apis, use.destination) for uses in facts.uses.values() for use in uses)
    servers = (file_system_of(facts.cloud, owner) or owner for owner in _owners(facts, *_SERVERS))
    return tuple(dict.fromkeys((*used, *_endpoint_services(facts), *servers, "internet")))


def _request(apis: Mapping[str, Api], destination: str) -> str:
    """Return a destination in use: for the URL of an API that has no GET there, a request to a route below, whose path the client adds."""
    base = next((url for url in apis if f"{destination.rstrip('/')}/".startswith(f"{url.rstrip('/')}/")), "")
    path = destination.removeprefix(base).rstrip("/")
    if not base or route_for(apis[base], "GET", path):
        return destination
    below = (route for route in apis[base].routes if f"{sample_path(route)}/".startswith(f"{path}/"))
    method, asked = sample(below) or ("GET", destination.removeprefix(base))
    return written(method, f"{base}{asked}")


def public_resources(facts: Facts) -> tuple[str, ...]:
    """Return the resources with a public address, which clients on the internet may call."""
    every = facts.cloud.network.network_interfaces.values()
    return tuple(dict.fromkeys(eni.owner_id for eni in every if eni.owner in _SERVERS and eni.public_addresses()))


def api_requests(facts: Facts) -> Iterator[str]:
    """Return a request for every route of every API."""
    return (request_to(*one) for one in requested_routes(facts))


def sources(facts: Facts) -> tuple[str, ...]:
    """Return the callers: every function, instances and services."""
    resources = facts.cloud.template.resources
    owners = (
        name for name in _owners(facts, *_CLIENTS) if name not in resources or resources[name].type not in _ANSWERING
    )
    return tuple(dict.fromkeys((*facts.cloud.compute.functions, *owners)))


def _endpoint_services(facts: Facts) -> Iterator[str]:
    """Return the services that have an endpoint, whether a function is known to use them or not."""
    return (
        f"aws:{e.service}" for e in facts.cloud.network.vpc_endpoints.values() if e.service not in ("", "execute-api")
    )


def _owners(facts: Facts, *kinds: InterfaceOwner) -> Iterator[str]:
    return (eni.owner_id for eni in facts.cloud.network.network_interfaces.values() if eni.owner in kinds)


def api_clients(facts: Facts) -> tuple[str, ...]:
    """Return possible callers of the APIs: those outside, and those of the cloud that neither serve an API nor forward requests."""
    cloud = facts.cloud
    behind = {function.id for _, route in routes(cloud) if (function := function_behind(cloud, route))}
    passing = {program.id for program in cloud.compute.programs.values() if program.rewrites}
    names = {*cloud.names.resolver_endpoints}  # they are in a VPC to answer DNS queries, and send no requests
    outside = ("internet", *(("on-premises",) if on_premises.is_connected(cloud) else ()))
    return (*outside, *(name for name in sources(facts) if name not in behind | passing | names))
