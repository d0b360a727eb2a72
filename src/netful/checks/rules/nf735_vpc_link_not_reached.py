"""NF735: an API's requests through a VPC link do not reach the load balancer or the instances behind it (api-gateway §5.1).

A VPC link of an HTTP API sends from interfaces in your subnets, with the link's security groups. If these do not let
the requests out, or the load balancer's groups do not admit them, or no listener has the port, every request of the
route gets a 503 or 504. A VPC link of a REST API needs a listener at the port of the integration's URL.

Instead: Admit the listener's port from the VPC link's group in the load balancer's group, and name a port that has a
listener.
"""

from collections.abc import Iterator
from itertools import chain

from netful.checks.facts.apis import request_to, requested_routes
from netful.checks.facts.proof import proven_by
from netful.checks.rules.rule import Facts, Problems, Rule, Severity
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.integrations.integration_targets import in_stage
from netful.engine.integrations.vpc_links import balancer_of
from netful.model.apis.domain import VpcLink
from netful.model.apis.integration import Integration
from netful.model.core import replace


@Rule.of("VPC link does not reach its load balancer", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for integration, link, path in _linked(facts):
        hop = _denial(path, link)
        if hop is not None:
            message = f"`{integration.id}` gets no answer through `{link.id}`: `{hop.component}`: {hop.rule}"
            proven = proven_by(path, hop, integration.origin, integration.id, message)
            yield replace(proven, cause=f"`{hop.component}`", affected=link.id)


def _linked(facts: Facts) -> Iterator[tuple[Integration, VpcLink, Path]]:
    """Yield an integration with the path of a request to it, for each place that a VPC link leads to."""
    seen: set[tuple[object, ...]] = set()
    for api, stage, route in requested_routes(facts):
        integration = in_stage(facts.cloud, route.integration, stage) if route.integration else None
        link = facts.cloud.apis.vpc_links.get(str(integration.connection_id)) if integration else None
        if integration is None or link is None:
            continue
        linked = balancer_of(facts.cloud, integration, link)
        place = (link.id, linked.balancer.id, linked.port) if linked else (link.id, integration.uri)
        path = facts.path("internet", request_to(api, stage, route)) if place not in seen else None
        seen.add(place)
        if path is not None:
            yield integration, link, path


def _denial(path: Path, link: VpcLink) -> Hop | None:
    """Return the hop that stops requests or answers between a link and the place that it leads to."""
    first = next((hop.n for hop in path.hops if hop.kind is HopKind.VPC_LINK and hop.component == link.id), None)
    if first is None:
        return None
    last = next((hop.n for hop in path.hops if hop.n > first and hop.kind is HopKind.LISTENER), len(path.hops))
    out = (hop for hop in path.denials if first < hop.n <= last)
    back = (hop for hop in path.return_hops if hop.verdict == "deny" and _is_to(hop, link))
    return next(chain(out, back), None)


def _is_to(hop: Hop, link: VpcLink) -> bool:
    """Return whether a hop judges answers to a link's interface."""
    there = hop.flow.destination.interface if hop.flow else None
    return there is not None and there.owner_id == link.id
