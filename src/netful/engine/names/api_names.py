"""Names of APIs: their own host names, names through an endpoint, custom domains, and invoke URLs.

An API's own host is `API.execute-api.REGION.amazonaws.com`. The label is the API's id at AWS; its name, the logical id, is
understood there too. Hosts are compared without letter case (api-gateway §1.1, §2.2).
"""

from collections.abc import Iterator

from netful.model.apis.api import Api, ApiEndpointType, Protocol, host_label
from netful.model.apis.domain import BasePathMapping, DomainName, RoutingMode, RoutingRule
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe
from netful.model.names import service_names
from netful.model.names.generated.endpoint_dns import is_own_name
from netful.model.names.partitions import url_suffix
from netful.model.network.vpc_endpoints import VpcEndpoint

DEFAULT_STAGE = "$default"


class OwnName(Frozen):
    """A host of the form `API.execute-api…`; `endpoint` is the middle part of `API-vpce-ID.execute-api…`."""

    api_id: str
    region: str
    endpoint: str = ""


def host_of(cloud: Cloud, api: Api) -> str:
    """Return the host of an API."""
    return f"{cloud.aws_id(api.id)}.execute-api.{api.region}.{url_suffix(api.region)}"


def associated_host(cloud: Cloud, api: Api, endpoint_id: str) -> str:
    """Return the host of an API that is associated with an endpoint; it resolves everywhere, to that endpoint (§2.2 D)."""
    return f"{cloud.aws_id(api.id)}-{cloud.aws_id(endpoint_id)}.execute-api.{api.region}.{url_suffix(api.region)}"


def own_name(cloud: Cloud, host: str) -> OwnName | None:
    """Return the API in an execute-api host, loaded or not."""
    known = service_names.service_of_host(host.lower().rstrip("."))
    if known is None or known[0].code != "execute-api":
        return None
    label, _, endpoint = host.partition(".")[0].partition("-vpce-")
    return OwnName(loaded_id(cloud, label), known[1], f"vpce-{endpoint.lower()}" if endpoint else "")


def loaded_id(cloud: Cloud, named: str) -> str:
    """Return the name of the API in a host or header: by its id at AWS, or by its name, whose capitals a host name loses."""
    label = host_label(named).lower()
    return next((name for name in cloud.apis.by_id if label in (cloud.aws_id(name), host_label(name).lower())), named)


def is_api_host(cloud: Cloud, host: str) -> bool:
    """Return whether API Gateway serves a host: an API's, an execute-api endpoint's, or a custom domain.

    The domain is loaded, or an endpoint is associated with it.
    """
    at_endpoint = ".execute-api." in host and is_own_name(host)
    return (
        at_endpoint
        or own_name(cloud, host) is not None
        or bool(domains_named(cloud, host))
        or _is_private_domain(cloud, host)
    )


def _is_private_domain(cloud: Cloud, host: str) -> bool:
    """Return whether a host is a private domain name with which some endpoint is associated."""
    every, name = cloud.apis.domain_name_access_associations.values(), host.lower().rstrip(".")
    return any(isinstance(one.domain, str) and domain_in(one.domain).lower() == name for one in every)


def domain_in(named: str) -> str:
    """Return the name of a domain in its ARN; any other text is the name itself."""
    return named.rpartition("/domainnames/")[2].partition("+")[0]


def is_at_the_edge(cloud: Cloud, host: str) -> bool:
    """Return whether a host is the own name of an edge-optimized API, which clients reach through CloudFront (§1.1)."""
    named = own_name(cloud, host)
    api = cloud.apis.by_id.get(named.api_id) if named else None
    return api is not None and api.endpoint_type is ApiEndpointType.EDGE


def has_ipv6(cloud: Cloud, host: str) -> bool:
    """Return whether a public host of API Gateway has IPv6 addresses, or may have them (newer-aws §4.4)."""
    named = own_name(cloud, host)
    found = (cloud.apis.by_id.get(named.api_id),) if named else domains_named(cloud, host)
    return any(
        one is not None and one.ip_address_type != "ipv4" and one.endpoint_type is not ApiEndpointType.PRIVATE
        for one in found
    )


def domains_named(cloud: Cloud, host: str) -> tuple[DomainName, ...]:
    """Return the custom domain names that match a host, the exact ones first; a wildcard is one label."""
    name = host.lower().rstrip(".")
    wildcard = "*." + name.partition(".")[2]
    domains = cloud.apis.domain_names.values()
    return tuple(d for text in (name, wildcard) for d in domains if str(d.domain_name).lower() == text)


def mappings_of(cloud: Cloud, domain: DomainName) -> tuple[BasePathMapping, ...]:
    """Return the mappings of a domain, the longest base path first."""
    found = [m for m in cloud.apis.base_path_mappings.values() if maps(m.domain, domain)]
    return tuple(sorted(found, key=lambda m: len(str(m.base_path)), reverse=True))


def rules_of(cloud: Cloud, domain: DomainName) -> tuple[RoutingRule, ...]:
    """Return the routing rules of a domain."""
    return tuple(rule for rule in cloud.apis.routing_rules.values() if maps(rule.domain, domain))


def routed_to(cloud: Cloud, api: Api) -> tuple[tuple[DomainName, RoutingRule], ...]:
    """Return the routing rules that lead requests to an API, with their domains, as far as the domains use rules."""
    using = [d for d in cloud.apis.domain_names.values() if d.routing_mode is not RoutingMode.MAPPING_ONLY]
    return tuple((domain, rule) for domain in using for rule in rules_of(cloud, domain) if rule.api_id == api.id)


def maps(named: Maybe[str], domain: DomainName) -> bool:
    """Return whether the domain in a mapping or an association (id, name or ARN) is this one."""
    if not isinstance(named, str):
        return False
    return named == domain.id or domain_in(named) in (domain.id, domain.domain_name)


def endpoints_of(cloud: Cloud) -> tuple[VpcEndpoint, ...]:
    """Return the endpoints of execute-api, which lead to private APIs."""
    return tuple(e for e in cloud.network.vpc_endpoints.values() if e.service == "execute-api")


def invoke_urls(cloud: Cloud, api: Api) -> tuple[str, ...]:
    """Return the URLs that invoke the stages of an API without further headers."""
    stages = [stage for stage in cloud.apis.stages_of(api.id) if isinstance(stage.stage_name, str)]
    own = [f"{_scheme(api)}://{host}{_stage_path(stage)}" for host in _hosts(cloud, api) for stage in stages]
    return tuple(dict.fromkeys((*own, *_domain_urls(cloud, api))))


def _scheme(api: Api) -> str:
    return "wss" if api.protocol is Protocol.WEBSOCKET else "https"


def _hosts(cloud: Cloud, api: Api) -> Iterator[str]:
    """Return the hosts of an API; its own host leads nowhere if every endpoint has private DNS off."""
    if api.disable_execute_api_endpoint:
        return
    endpoints = endpoints_of(cloud)
    if not api.private or not endpoints or any(e.private_dns_enabled for e in endpoints):
        yield host_of(cloud, api)
    if api.private:
        ids = getattr(api, "vpc_endpoint_ids", ())
        yield from (associated_host(cloud, api, endpoint_id) for endpoint_id in ids if isinstance(endpoint_id, str))


def _stage_path(stage: Stage) -> str:
    return "" if stage.stage_name == DEFAULT_STAGE else f"/{stage.stage_name}"


def _domain_urls(cloud: Cloud, api: Api) -> Iterator[str]:
    for domain, mapping in domains_of(cloud, api):
        name = domain.domain_name if domain else mapping.domain
        if isinstance(name, str) and isinstance(mapping.base_path, str):
            yield f"{_scheme(api)}://{name}" + (f"/{mapping.base_path}" if mapping.base_path else "")
    for domain, rule in routed_to(cloud, api):
        if isinstance(domain.domain_name, str) and isinstance(rule.base_path, str) and not rule.needs_headers:
            yield f"https://{domain.domain_name}" + (f"/{rule.base_path}" if rule.base_path else "")


def domains_of(cloud: Cloud, api: Api) -> tuple[tuple[DomainName | None, BasePathMapping], ...]:
    """Return the custom domains of an API; None if the domain of a mapping was not loaded."""
    return tuple(
        (next((d for d in cloud.apis.domain_names.values() if maps(mapping.domain, d)), None), mapping)
        for mapping in cloud.apis.base_path_mappings.values()
        if mapping.api_id == api.id
    )


def exposure(api: Api) -> str:
    """Return whether the internet reaches an API: "public" or "private"; "unknown" if its type is unknown."""
    if isinstance(api.endpoint_type, ApiEndpointType):
        return "private" if api.private else "public"
    return "unknown"
