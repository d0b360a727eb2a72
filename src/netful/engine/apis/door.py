"""API of a request, by its door and its Host (api-gateway §2.1, §2.2).

| door | Host | API |
|---|---|---|
| an endpoint | any, with `x-apigw-api-id` | the API of the header |
| | `API.execute-api.…` | that one |
| | `API-vpce-ID.execute-api.…` | that one, if it is associated with the endpoint |
| | a private custom domain, associated with the endpoint | by routing rule, else by base path, as its mode has it |
| | a public custom domain | the same, if it leads to a private API |
| | any other | none: 403 |
| the public front | `API.execute-api.…` | that one, unless its default endpoint is disabled |
| | a custom domain | by routing rule, else by base path, as its mode has it |
| | any other, the target of a custom domain's records included | none: 403 |

API Gateway itself answers `/ping` and `/sping` of a custom domain (§5.2).

An endpoint leads to private APIs only, the public front to all others: the wrong door gives a 403.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.apis import mutual_tls, routing_rules
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.gateway_errors import FORBIDDEN, HEALTHY, NOT_FOUND, GatewayAnswer
from netful.engine.http.headers import Headers
from netful.engine.names import api_aliases, private_domains
from netful.engine.names.api_names import domains_named, domains_of, loaded_id, mappings_of, own_name, routed_to
from netful.engine.names.endpoint_names import labels
from netful.model.apis.api import Api, ApiEndpointType, RestApi
from netful.model.apis.domain import DomainName, RoutingMode
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown

_OF_DOMAIN = "d-"  # hosts of custom domain names begin so, ids of APIs do not
_RESERVED = ("/ping", "/sping")
_EITHER = "routing rule or base path"
_LEADING: dict[object, str] = {RoutingMode.ROUTING_RULE_ONLY: "routing rule", RoutingMode.MAPPING_ONLY: "base path"}


class Arrival(Frozen):
    """A request at an API: the path from the stage on, or after the stage if a domain fixes it.

    `api` is None if the host names none, or one that was not loaded; `api_id` is then the id in the host. `rule_id` is the
    routing rule that chose it.
    """

    step: Finding
    api: Api | None
    api_id: str
    path: str
    stage_name: str | None = None
    domain: DomainName | None = None
    rule_id: str = ""


def arrival(cloud: Cloud, host: str, path: str, api_id: str, endpoint_id: str | None, headers: Headers = ()) -> Arrival:
    """Return the API and path of a request; `headers` are those that routing rules may look at."""
    if api_id and endpoint_id is not None:
        return _at_own_name(cloud, host, loaded_id(cloud, api_id), path, endpoint_id, "")
    own = own_name(cloud, host)
    if own is not None and (own.api_id in cloud.apis.by_id or not own.api_id.startswith(_OF_DOMAIN)):
        return _at_own_name(cloud, host, own.api_id, path, endpoint_id, own.endpoint)
    domains = domains_named(cloud, host)
    if domains:
        return _at_domain(cloud, host, domains, path, endpoint_id, headers)
    associated = private_domains.is_associated(cloud, host, endpoint_id) if endpoint_id else False
    if endpoint_id and associated is not False:
        return _at_foreign_domain(cloud, host, path, endpoint_id, associated=associated)
    if endpoint_id is None and api_aliases.leads_to_unloaded(cloud, host):
        assumed = f"{host} is a custom domain name of API Gateway, which leads to an API and admits the request"
        ruling = Ruling("allow", host, "a custom domain name that was not loaded", assumptions=(assumed,))
        return Arrival(Finding(HopKind.HOST, host, ruling), None, "", path)
    private = " or ".join(f"`{api.id}`" for api in cloud.apis.rest_apis.values() if api.private)
    remedy = f"send `x-apigw-api-id` with the id of {private}, or its own name as Host" if private else ""
    needed = "an endpoint needs the API's own Host, or x-apigw-api-id"
    if endpoint_id is None:
        needed = "the public front needs the API's own Host, or a custom domain name"
        remedy = "send the Host of the API, or make a custom domain name of API Gateway for the Host that is sent"
    rule = f"{host} names no API: {needed}"
    ruling = Ruling("deny", endpoint_id or host, rule, Code.NETFUL_API_HOST_UNKNOWN, remedy=remedy)
    return Arrival(Finding(HopKind.HOST, host, ruling, FORBIDDEN), None, "", path)


def _at_own_name(
    cloud: Cloud, host: str, api_id: str, path: str, endpoint_id: str | None, named_endpoint: str
) -> Arrival:
    api = cloud.apis.by_id.get(api_id)
    if api is None:
        assumed = f"{api_id} is an API that this way leads to, and it admits the request"
        ruling = Ruling("allow", api_id, "an API that was not loaded", assumptions=(assumed,))
        return Arrival(Finding(HopKind.HOST, host, ruling), None, api_id, path)
    ruling, answer = _through(cloud, api, endpoint_id, named_endpoint)
    return Arrival(Finding(HopKind.HOST, host, ruling, answer), api, api.id, path)


def _through(
    cloud: Cloud, api: Api, endpoint_id: str | None, named_endpoint: str
) -> tuple[Ruling, GatewayAnswer | None]:
    """Return the ruling on an API at a door under its own name."""
    kind = api.endpoint_type
    if isinstance(kind, Unknown):
        rule, missing = f"whether {api.id} is private is not known", needs(kind, f"the endpoint type of {api.id}")
        return Ruling("unknown", api.id, rule, origin=api.origin, missing=missing), None
    if endpoint_id is None and api.private:
        rule = f"{api.id} is PRIVATE: only an execute-api endpoint leads to it"
        return Ruling("deny", api.id, rule, Code.NETFUL_API_PRIVATE_FROM_OUTSIDE, api.origin), FORBIDDEN
    if endpoint_id is not None and not api.private:
        rule = f"{api.id} is {kind}; the endpoint {endpoint_id} serves only PRIVATE APIs"
        remedy = f"call `{api.id}` by a custom domain, or set `PrivateDnsEnabled: false` on `{endpoint_id}`"
        code = Code.NETFUL_API_PUBLIC_THROUGH_ENDPOINT
        return Ruling("deny", api.id, rule, code, api.origin, remedy=remedy), FORBIDDEN
    if endpoint_id is not None and named_endpoint and not _associated(cloud, api, named_endpoint):
        rule = f"{api.id} is not associated with {endpoint_id}: its alias does not exist"
        remedy = f"add `{endpoint_id}` to the `VpcEndpointIds` of `{api.id}`"
        return Ruling("deny", api.id, rule, Code.NETFUL_API_NOT_ASSOCIATED, api.origin, remedy=remedy), FORBIDDEN
    if api.disable_execute_api_endpoint:
        rule = f"the default endpoint of {api.id} is disabled"
        answer = FORBIDDEN if isinstance(api, RestApi) else NOT_FOUND
        code = Code.NETFUL_API_DEFAULT_ENDPOINT_DISABLED
        lacks = f"give `{api.id}` a custom domain, or set `DisableExecuteApiEndpoint: false`"
        remedy = "" if domains_of(cloud, api) or routed_to(cloud, api) else lacks
        return Ruling("deny", api.id, rule, code, api.origin, remedy=remedy), answer
    way = f"through {endpoint_id}" if endpoint_id else "from outside any endpoint"
    return Ruling("allow", api.id, f"{kind.value} {api.protocol.value} API, called {way}", origin=api.origin), None


def _associated(cloud: Cloud, api: Api, named_endpoint: str) -> bool:
    ids = api.vpc_endpoint_ids if isinstance(api, RestApi) else ()
    return any(not isinstance(i, str) or named_endpoint in labels(cloud, i) for i in ids)


def _at_foreign_domain(cloud: Cloud, host: str, path: str, endpoint_id: str, *, associated: bool | None) -> Arrival:
    """Return the arrival at a private domain name that was not loaded."""
    if associated:
        assumed = f"{host} is a private domain name of another account, which leads to an API and admits the request"
        ruling = Ruling(
            "allow", endpoint_id, "associated with a domain name that was not loaded", assumptions=(assumed,)
        )
    else:
        rule = f"whether {endpoint_id} is associated with {host} is not known"
        ruling = Ruling("unknown", endpoint_id, rule, missing=private_domains.missing(cloud))
    return Arrival(Finding(HopKind.HOST, host, ruling), None, "", path)


def _at_domain(
    cloud: Cloud, host: str, domains: tuple[DomainName, ...], path: str, endpoint_id: str | None, headers: Headers
) -> Arrival:
    wanted = [d for d in domains if (d.endpoint_type is ApiEndpointType.PRIVATE) == (endpoint_id is not None)]
    domain = (wanted or domains)[0]
    ruling = _domain_ruling(cloud, domain, host, endpoint_id)
    if ruling.verdict == "allow" and path in _RESERVED:
        reserved = Ruling(
            "deny",
            domain.id,
            f"{path} is API Gateway's own: no API is asked",
            Code.NETFUL_API_RESERVED_PATH,
            domain.origin,
        )
        return Arrival(Finding(HopKind.HOST, host, reserved, HEALTHY), None, "", path, None, domain)
    led = routing_rules.routed(cloud, domain, host, path, headers)
    if ruling.verdict == "allow" and led.missing:
        rule = f"which routing rule of {domain.id} applies is not known"
        ruling = Ruling("unknown", domain.id, rule, origin=domain.origin, missing=led.missing)
        return Arrival(Finding(HopKind.HOST, host, ruling, FORBIDDEN), None, "", path, None, domain)
    if led.rule is not None:
        to = led.rule
        return _behind_domain(cloud, host, domain, ruling, endpoint_id, (to.api_id, to.stage_name, led.path, to.id))
    mappings = mappings_of(cloud, domain) if domain.routing_mode is not RoutingMode.ROUTING_RULE_ONLY else ()
    unsure = tuple(mapping for mapping in mappings if isinstance(mapping.base_path, Unknown))
    for mapping in mappings:
        base = f"/{mapping.base_path}" if mapping.base_path else ""
        if mapping not in unsure and (path == base or path.startswith(base + "/")):
            place = mapping.api_id, mapping.stage_name, path.removeprefix(base) or "/", ""
            assumed = tuple(f"the base path of {one.id} does not match {path}" for one in unsure)
            ruling = replace(ruling, assumptions=(*ruling.assumptions, *assumed))
            return _behind_domain(cloud, host, domain, ruling, endpoint_id, place)
    if ruling.verdict == "allow" and unsure:
        rule, missing = (
            f"which base paths {host} has is not known",
            needs(unsure[0].base_path, f"{unsure[0].id}.BasePath"),
        )
        ruling = Ruling("unknown", domain.id, rule, origin=domain.origin, missing=missing)
    elif ruling.verdict == "allow":
        rule = f"no {_LEADING.get(domain.routing_mode, _EITHER)} of {host} fits {path}"
        remedy = f"add a routing rule to `{domain.id}`" if domain.routing_mode == RoutingMode.ROUTING_RULE_ONLY else ""
        ruling = Ruling("deny", domain.id, rule, Code.NETFUL_API_NO_BASE_PATH, domain.origin, remedy=remedy)
    return Arrival(Finding(HopKind.HOST, host, ruling, FORBIDDEN), None, "", path, None, domain)


Place = tuple[Maybe[str] | None, Maybe[str] | None, str, str]
"""An API, its stage, the path in it, and the routing rule that leads there."""


def _behind_domain(
    cloud: Cloud, host: str, domain: DomainName, ruling: Ruling, endpoint_id: str | None, place: Place
) -> Arrival:
    """Return the arrival at the API that a mapping or a routing rule of a domain leads to."""
    api_id, stage_name, path, rule_id = place
    api = cloud.apis.by_id.get(str(api_id))
    if ruling.verdict == "allow" and api is not None:
        ruling = _mapped_ruling(domain, api, endpoint_id) or replace(
            ruling, assumptions=(*ruling.assumptions, *_assumed_type(domain, api, endpoint_id))
        )
    if ruling.verdict == "allow" and rule_id:
        ruling = replace(ruling, rule=f"{ruling.rule}, by the routing rule {rule_id}")
    if ruling.verdict == "allow" and isinstance(stage_name, Unknown):
        rule, missing = f"which stage {host} leads to is not known", needs(stage_name, "")
        ruling = Ruling("unknown", domain.id, rule, origin=domain.origin, missing=missing)
        return Arrival(Finding(HopKind.HOST, host, ruling, FORBIDDEN), None, "", path, None, domain)
    stage = stage_name if isinstance(stage_name, str) else None
    return Arrival(Finding(HopKind.HOST, host, ruling, FORBIDDEN), api, str(api_id), path, stage, domain, rule_id)


def _domain_ruling(cloud: Cloud, domain: DomainName, host: str, endpoint_id: str | None) -> Ruling:
    private = domain.endpoint_type is ApiEndpointType.PRIVATE
    if private and endpoint_id is None:
        rule = f"{domain.id} is a private domain name: only an associated endpoint leads to it"
        return Ruling("deny", domain.id, rule, Code.NETFUL_API_PRIVATE_FROM_OUTSIDE, domain.origin)
    associated = private_domains.is_associated(cloud, host, endpoint_id) if private and endpoint_id else True
    if associated is None:
        rule, missing = (
            f"whether {domain.id} is associated with {endpoint_id} is not known",
            private_domains.missing(cloud),
        )
        return Ruling("unknown", domain.id, rule, origin=domain.origin, missing=missing)
    if not associated:
        rule = f"{domain.id} has no access association with {endpoint_id}"
        remedy = f"associate `{domain.id}` with `{endpoint_id}` by an `AWS::ApiGateway::DomainNameAccessAssociation`"
        return Ruling("deny", domain.id, rule, Code.NETFUL_API_NOT_ASSOCIATED, domain.origin, remedy=remedy)
    rule = f"custom domain name {domain.domain_name}"
    if not mutual_tls.asks(domain):
        endpoint = cloud.network.vpc_endpoints.get(endpoint_id or "")
        unnamed = private and endpoint is not None and endpoint.private_dns_enabled is False
        assumed = (
            (f"{domain.id} works through {endpoint_id} without private DNS, which AWS asks for",) if unnamed else ()
        )
        return Ruling("allow", domain.id, rule, origin=domain.origin, assumptions=assumed)
    store = domain.truststore_uri if isinstance(domain.truststore_uri, str) else "its truststore"
    assumed = (f"the client shows {domain.domain_name} a certificate of an authority in {store}",)
    rule += ", which asks for a client certificate"
    return Ruling("allow", domain.id, rule, origin=domain.origin, assumptions=assumed)


def _assumed_type(domain: DomainName, api: Api, endpoint_id: str | None) -> Iterator[str]:
    """Yield the assumption on an API whose type is not known: a domain leads to APIs of its own kind."""
    if isinstance(api.endpoint_type, Unknown):
        kind = "PRIVATE" if endpoint_id is not None else "not PRIVATE"
        yield f"{api.id} is {kind}, so that {domain.id} leads to it: {', '.join(needs(api.endpoint_type, ''))} decides"


def _mapped_ruling(domain: DomainName, api: Api, endpoint_id: str | None) -> Ruling | None:
    """Return the ruling on an API behind a domain at a door: a private one needs an endpoint, a public one has none."""
    if isinstance(api.endpoint_type, Unknown) or (endpoint_id is not None) == api.private:
        return None
    if endpoint_id is None:
        rule = f"{domain.id} leads to {api.id}, which is PRIVATE: only an execute-api endpoint leads to it"
        return Ruling("deny", domain.id, rule, Code.NETFUL_API_PRIVATE_FROM_OUTSIDE, domain.origin)
    rule = f"{domain.id} leads to {api.id}, which is {api.endpoint_type}; the endpoint {endpoint_id} serves only PRIVATE APIs"
    return Ruling("deny", domain.id, rule, Code.NETFUL_API_PUBLIC_THROUGH_ENDPOINT, domain.origin)
