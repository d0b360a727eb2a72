"""Ways to call an API: its names, each with the Host to send (api-gateway §2.2).

| way | available for |
|---|---|
| own name | every API |
| associated name | a private API, for each associated endpoint |
| endpoint's name, with Host | a private API, for each execute-api endpoint |
| custom domain | an API that a domain name maps to |
| routing rule | an API that a rule of a domain name leads to without conditions on headers |
| reverse proxy | an API in the rewrite of a host, by each name of the host |
| load balancer, Host rewritten | an API in the transform of a listener rule |
| load balancer, Host kept | a private API, by each name of a load balancer that forwards unchanged requests to an endpoint |

A way does not determine which clients can use it: `trace` does, client by client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers import host_rewrites, listeners, target_groups, transforms
from netful.engine.names import api_names
from netful.engine.names.endpoint_names import regional_name
from netful.model.apis.api import Api, ApiRoute, Protocol, RestApi
from netful.model.apis.domain import RoutingRule
from netful.model.balancing.load_balancers import Listener, LoadBalancer
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.network.network_interface import InterfaceOwner

_PARAMETER = re.compile(r"\{[^}]*\}")
_SAMPLE = "17"  # value of every path parameter
_SCHEMES = {"HTTPS": "https", "HTTP": "http"}


class Way(Frozen):
    """A way to an API. `url` is called with `host`, the Host to send if it is not the URL's own.

    `missing` are the values without which the URL is not known; it then has a placeholder and cannot be called.
    """

    api_id: str
    kind: str
    by: str
    url: str
    host: str = ""
    missing: tuple[str, ...] = ()
    method: str = "GET"

    @property
    def question(self) -> str:
        """TO of a question about this way."""
        return written(self.method, self.url) + (f" Host: {self.host}" if self.host else "")


def ways(cloud: Cloud) -> tuple[Way, ...]:
    """Return every way to every API that has a stage and a route."""
    fronts = tuple(_fronts(cloud))
    return tuple(way for api in cloud.apis.by_id.values() for way in _ways(cloud, api, fronts))


def sample(routes: Iterable[ApiRoute]) -> tuple[str, str] | None:
    """Return the method and the path of a request that leads to one of some routes: by GET, where one has it; preflights do not count."""
    asked = [("GET" if each.http_method == "ANY" else each.http_method, sample_path(each)) for each in routes]
    return min((one for one in asked if one[0] != "OPTIONS"), key=lambda one: one[0] != "GET", default=None)


def sample_path(route: ApiRoute) -> str:
    """Return a path that leads to a route."""
    return "/" + _PARAMETER.sub(_SAMPLE, "" if route.path == "$default" else route.path.strip("/"))


def written(method: str, url: str) -> str:
    """Return the request as a question names it."""
    return url if method == "GET" else f"{method} {url}"


def _ways(cloud: Cloud, api: Api, fronts: tuple[_Front, ...]) -> Iterator[Way]:
    asked = sample(api.routes)
    stage = next((s for s in cloud.apis.stages_of(api.id) if isinstance(s.stage_name, str)), None)
    if asked is None or stage is None or api.protocol is Protocol.WEBSOCKET:
        return
    method, path = asked
    staged = path if stage.stage_name == api_names.DEFAULT_STAGE else f"/{stage.stage_name}{path}"
    kind = api.protocol.value if not isinstance(api, RestApi) else str(api.endpoint_type)
    host = api_names.host_of(cloud, api)

    def way(by: str, url: str, sent: str = "") -> Way:
        return Way(api.id, kind, by, url, sent, method=method)

    yield way("own name", f"https://{host}{staged}")
    if api.private:
        for endpoint in api_names.endpoints_of(cloud):
            if isinstance(api, RestApi) and endpoint.id in api.vpc_endpoint_ids:
                name = api_names.associated_host(cloud, api, endpoint.id)
                yield way(f"associated name, {endpoint.id}", f"https://{name}{staged}")
            yield way(f"name of {endpoint.id}, with Host", f"https://{regional_name(cloud, endpoint)}{staged}", host)
    for domain, mapping in api_names.domains_of(cloud, api):
        named: Maybe[str] = domain.domain_name if domain else mapping.domain
        base = f"/{_shown(mapping.base_path)}" if mapping.base_path else ""
        missing = tuple(
            need for part in (named, mapping.base_path) if isinstance(part, Unknown) for need in _needs(part)
        )
        url = f"https://{_shown(named)}{base}{path if mapping.stage_name else staged}"
        yield Way(api.id, kind, f"custom domain {_shown(named)}", url, missing=missing, method=method)
    for domain, rule in api_names.routed_to(cloud, api):
        ruled = _by_rule(rule, path)
        if ruled is not None:
            called = domain.domain_name
            missing = _needs(called) if isinstance(called, Unknown) else ()
            url = f"https://{_shown(called)}{ruled}"
            yield Way(api.id, kind, f"routing rule of {_shown(called)}", url, missing=missing, method=method)
    for front in fronts:
        for by, sent in front.ways_to(cloud, api, method, staged):
            yield way(f"{by} {front.name}", f"{front.scheme}://{front.name}{sent}")


def _needs(part: Unknown) -> tuple[str, ...]:
    return part.needs or (part.why,)


def _shown(part: Maybe[str] | None) -> str:
    """Return a part of a URL; a placeholder if it is not known."""
    return f"<{', '.join(_needs(part))}>" if isinstance(part, Unknown) else str(part)


def _by_rule(rule: RoutingRule, path: str) -> str | None:
    """Return the path by which a routing rule leads to an API's path; None if it needs headers, or never leads there."""
    base = rule.base_path
    if isinstance(base, Unknown) or rule.needs_headers:
        return None
    if base and not rule.strip_base_path:
        return path if f"{path}/".startswith(f"/{base}/") else None
    return (f"/{base}" if base else "") + path


class _Front(Frozen):
    """A name in a zone that leads to a load balancer's listener."""

    name: str
    balancer: LoadBalancer
    listener: Listener

    @property
    def scheme(self) -> str:
        return _SCHEMES[self.listener.protocol]

    def ways_to(self, cloud: Cloud, api: Api, method: str, staged: str) -> Iterator[tuple[str, str]]:
        """Return the kind and path of the way from this name to an API, if it exists."""
        for path in dict.fromkeys((staged, *_front_paths(cloud, api, staged))):
            request = HttpRequest(self.name, path, method)
            chosen = listeners.choose(cloud, self.listener, request)
            sent = transforms.transformed(chosen.transforms, request)
            if isinstance(sent, Unknown):
                continue
            group_ids = [str(id_) for action in chosen.actions for id_ in action.target_group_ids]
            for owner_id, owner, port in _targets(cloud, group_ids):
                program = cloud.compute.programs.get(owner_id)
                rewrite = host_rewrites.rewrite_for(program, port, sent) if program else None
                if rewrite is not None and _names(cloud, api, host_rewrites.rewritten(rewrite, sent), staged):
                    yield "reverse proxy, as", path
                elif owner is InterfaceOwner.ENDPOINT and _names(cloud, api, sent, staged):
                    yield "load balancer, Host rewritten, as", path
                elif owner is InterfaceOwner.ENDPOINT and api.private and sent == request and path == staged:
                    yield "load balancer, Host kept, as", path


def _names(cloud: Cloud, api: Api, request: HttpRequest, staged: str) -> bool:
    """Return whether a forwarded request calls the route of an API."""
    own = api_names.own_name(cloud, request.host.lower())
    return own is not None and own.api_id == api.id and request.path == staged


def _front_paths(cloud: Cloud, api: Api, staged: str) -> Iterator[str]:
    """Return the paths that rewrites of hosts turn into the API's own."""
    for program in cloud.compute.programs.values():
        for rewrite in program.rewrites:
            base = urlsplit(rewrite.to).path.rstrip("/")
            if staged.startswith(base) and api.private:
                yield rewrite.path.rstrip("/") + staged.removeprefix(base)


def _targets(cloud: Cloud, group_ids: list[str]) -> Iterator[tuple[str, InterfaceOwner, int]]:
    """Return the owners of the targets in some groups, each once, with the port."""
    found = {}
    for group in (cloud.balancing.target_groups[id_] for id_ in group_ids if id_ in cloud.balancing.target_groups):
        for member in target_groups.members(cloud, group):
            if member.interface is not None and isinstance(member.port, int):
                found[member.interface.owner_id] = (member.interface.owner, member.port)
    return ((owner_id, owner, port) for owner_id, (owner, port) in found.items())


def _fronts(cloud: Cloud) -> Iterator[_Front]:
    for zone in cloud.names.hosted_zones.values():
        for record in zone.records:
            leads_to = [str(value) for value in (record.alias, *record.values)]
            balancer = next(
                (b for b in cloud.balancing.load_balancers.values() if any(map(b.is_named, leads_to))), None
            )
            for listener in cloud.balancing.listeners_of(balancer.id) if balancer else ():
                if balancer and listener.protocol in _SCHEMES and not api_names.domains_named(cloud, record.name):
                    yield _Front(record.name, balancer, listener)
