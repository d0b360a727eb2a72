"""Steps of API Gateway for a request, up to its integration, in AWS's order (api-gateway §0, §2, §3).

    host           the API that the door and the Host header select (§2.2)
    preflight      an HTTP API with a CORS configuration answers it, and nothing else is judged (§6.5)
    waf            the web ACL of the stage, as far as its rules inspect parts that the question contains
    policy         the endpoint's policy, then a private domain's, then the API's own (§2.6)
    stage, route   the deployed ones (§5.2)
    authorization  IAM, or an authorizer, together with the API's policy (§2.6, tables A and B); a Cognito authorizer comes
                   before that policy
    api key        if the route requires one (§3.5)
    throttle       the ladder of limits (§3.2)
    integration    the callee, and the permission to call it

Rules:
1. A refusal does not end the judgement, unless nothing is left to judge: no such API, stage or route.
2. Parts of the request beyond its IAM signature (a token, an API key) are assumed to be present and valid, with a note.
   Headers and a body that rules of a web ACL inspect are assumed to be absent.
3. The caller's response is AWS's own: the status, and the exact body (§2.7, §3.6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netful.engine.admission import integration_mappings
from netful.engine.admission.integration_mappings import Mapped
from netful.engine.admission.invocation import integration_step
from netful.engine.admission.link_requests import through_link
from netful.engine.apis import access_mode
from netful.engine.apis.deployments import as_canary, is_deployed, is_made_later, is_only_in_canary, live_api
from netful.engine.apis.door import Arrival, arrival
from netful.engine.apis.request_validation import DEFAULT_MODELS, missing, model_for, strictest
from netful.engine.apis.routing import possible_route, route_for
from netful.engine.apis.websocket_routes import route_at_handshake
from netful.engine.authorization import api_keys
from netful.engine.authorization.access import Access
from netful.engine.authorization.callers import Caller
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http import queries
from netful.engine.http.cors import is_preflight
from netful.engine.http.gateway_errors import FORBIDDEN, INVALID_KEY, MISSING_TOKEN, NOT_FOUND, QUOTA_SPENT, TOO_MANY
from netful.engine.http.headers import Headers, value_of
from netful.engine.http.http_request import HttpRequest
from netful.engine.integrations.parameter_mapping import Message
from netful.engine.names.api_names import DEFAULT_STAGE
from netful.engine.usage.throttles import Limit, Membership, is_open, ladder, may_close, memberships, quota
from netful.engine.waf.associations import acl_of, association_of
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import judge, ruling_of
from netful.model.apis.api import Api, ApiRoute, Authorization, HttpApi, Protocol, RestApi
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown

METHOD_OVERRIDE = "x-http-method-override"
"""Header whose value API Gateway takes as the method (§5.2)."""
_KEY = "x-api-key"
_NO_ROUTE = {Protocol.REST: MISSING_TOKEN, Protocol.HTTP: NOT_FOUND, Protocol.WEBSOCKET: FORBIDDEN}


class ApiRequest(Frozen):
    """A request as the client sends it: `path` includes the stage, `query` follows it; `api_id` is the header `x-apigw-api-id`.

    Without a path, the question is only if the API answers at this host. `canary`: the request belongs to the canary's share. `headers` are the known ones,
    in lower case: routing rules of a domain find no others, a web ACL and a validator may, and policies unless the request is `whole`. `server_name` is that of the TLS connection; "" if it is not known.
    """

    host: str
    method: str = "GET"
    path: str = "/"
    api_id: str = ""
    canary: bool = False
    headers: Headers = ()
    query: str = ""
    whole: bool = False
    server_name: str = ""

    @property
    def content_type(self) -> str | None:
        """Return the type of the body; None if it is not known."""
        return value_of(self.headers, "content-type") or None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Destination(Frozen):
    """Destination of a request: its arrival, the stage, the path after the stage, and the route; None if not found."""

    came: Arrival
    stage: Stage | None
    path: str
    route: ApiRoute | None


def destination(cloud: Cloud, request: ApiRequest, caller: Caller) -> Destination:
    """Return the destination of a request, admitted or not."""
    came = arrival(cloud, request.host, request.path, request.api_id, caller.endpoint_id, request.headers)
    came = access_mode.judged(came, request.host, request.api_id, request.server_name)
    if came.api is None:
        return Destination(came, None, came.path, None)
    stage, rest = _stage_of(cloud, came)
    if stage is None:
        return Destination(came, None, rest, None)
    stage = as_canary(stage) if request.canary else stage
    api = live_api(cloud, came.api, stage)
    return Destination(replace(came, api=api), stage, rest, _route_of(api, request.method, rest))


def steps(cloud: Cloud, request: ApiRequest, caller: Caller) -> Iterator[Finding]:
    """Yield every step of a request, in order."""
    meant = destination(cloud, request, caller)
    came, stage, rest, route = meant.came, meant.stage, meant.path, meant.route
    api = came.api
    yield came.step
    if not request.path:
        return
    deployed = api is not None and stage is not None and is_deployed(api, stage)
    if api is not None and deployed and _is_preflight(api, request):
        rule = f"{api.id} answers CORS preflights itself, by its `CorsConfiguration`"
        yield allowed(HopKind.ROUTE, str(request), api, rule)
        return
    access_ = access(cloud, request, caller, meant)
    if stage is not None:
        yield from _firewall(cloud, request, caller, stage)
    yield from access_.endpoint_policy()
    if api is None:
        return
    yield from access_.domain_policy()
    if stage is None:
        yield _no_stage(api, came.path)
        return
    if not deployed:
        yield _not_deployed(stage, came.path)
    if not access_.by_pool:
        yield from access_.resource_policy()
    if route is None:
        yield _no_route(api, request, rest)
        return
    later = is_made_later(cloud, stage, route)
    only = is_only_in_canary(cloud, stage, route)
    contained = (f"{stage.deployment_id} contains {route.id}, for which it does not wait",) if only else ()
    yield _not_contained(request, api, stage, route) if later else _route(request, api, route, rest, contained)
    yield from access_.authorization()
    if access_.by_pool:
        yield from access_.resource_policy()
    members, usable = memberships(cloud, stage), api_keys.usable_memberships(cloud, stage)
    sent = _sent_key(cloud, request, meant, usable) if usable and route.api_key_required else None
    if sent is not None:
        yield sent
    else:
        yield from _api_key(api, stage, route, usable or members, caller.withheld, usable=bool(usable))
    yield throttle(api, stage, route, usable)
    yield from _integration(cloud, request, meant)


def _integration(cloud: Cloud, request: ApiRequest, meant: Destination) -> Iterator[Finding]:
    """Yield the refusal of the mappings, and the step to the integration."""
    api, stage, route = meant.came.api, meant.stage, meant.route
    assert api is not None
    assert stage is not None
    assert route is not None
    mapped, decoded = Mapped(), tuple[str, ...]()
    if isinstance(api, RestApi) and route.integration is not None:
        decoded = integration_mappings.of_conversion(api, route, route.integration, value_of(request.headers, "accept"))
        mapped = integration_mappings.judge(api, route, route.integration, request.method, request.content_type)
    elif route.integration is not None and api.protocol is Protocol.WEBSOCKET:
        mapped = integration_mappings.judge_handshake(api, route, request.method, request.content_type)
    elif route.integration is not None:
        mapped = integration_mappings.judge_parameters(route, route.integration)
    if mapped.refusal is not None:
        yield mapped.refusal
    if route.integration is not None or api.protocol is not Protocol.WEBSOCKET:
        found = integration_step(cloud, api, stage, route, request.method)
        ruling = replace(found.ruling, assumptions=(*mapped.assumptions, *decoded, *found.ruling.assumptions))
        client = HttpRequest(request.host, f"{request.path}?{request.query}", request.method)
        sent = through_link(stage, route, found.link, client, meant.path) if found.link else found.sent
        yield replace(found, ruling=ruling, sent=sent)


def access(cloud: Cloud, request: ApiRequest, caller: Caller, meant: Destination) -> Access:
    """Return the access rules that apply to a request."""
    where = meant.stage, request.method, meant.path, meant.route
    return Access(cloud, caller, meant.came, *where, request.headers, request.whole)


def _firewall(cloud: Cloud, request: ApiRequest, caller: Caller, stage: Stage) -> Iterator[Finding]:
    """Yield the finding of a stage's web ACL, with the known parts of the request."""
    association = association_of(cloud, stage)
    if association is None:
        return
    acl = acl_of(cloud, association)
    if acl is None:
        assumed = (f"the web ACL of {association.id} lets the request through",)
        rule, origin = "AWS WAF inspects it first", association.origin
        ruling = Ruling("allow", association.id, rule, origin=origin, assumptions=assumed)
        yield Finding(HopKind.WAF, str(request), ruling)
        return
    headers = (("host", request.host), *(one for one in request.headers if one[0] != "host"))
    seen = Inspected(request.method, request.path, request.query, headers, source_ip=caller.source_ip, whole=False)
    found = judge(cloud, acl, seen, lambda _instance, _seconds: None)
    yield Finding(HopKind.WAF, str(request), ruling_of(acl, found), found.answer)


def _stage_of(cloud: Cloud, came: Arrival) -> tuple[Stage | None, str]:
    assert came.api is not None
    stages = {stage.stage_name: stage for stage in cloud.apis.stages_of(came.api.id)}
    if came.stage_name is not None:
        return stages.get(came.stage_name), came.path
    first, _, rest = came.path.lstrip("/").partition("/")
    rest = rest.lstrip("/")
    if first in stages:
        return stages[first], "/" + rest
    if isinstance(came.api, RestApi):
        unknown = next((s for name, s in stages.items() if isinstance(name, Unknown)), None)
        return unknown, "/" + rest
    return stages.get(DEFAULT_STAGE), came.path


def _route_of(api: Api, method: str, path: str) -> ApiRoute | None:
    """Return the route; a WebSocket client's first request is always `$connect`, which the template may omit."""
    if isinstance(api, HttpApi) and api.protocol is Protocol.WEBSOCKET:
        return route_at_handshake(api, method, path)
    return route_for(api, method, path)


def _no_stage(api: Api, path: str) -> Finding:
    rest = isinstance(api, RestApi)
    rule = f"no stage of {api.id} is at {path}"
    return denied(HopKind.STAGE, path, api, rule, Code.NETFUL_API_NO_STAGE, answer=FORBIDDEN if rest else NOT_FOUND)


def _not_deployed(stage: Stage, path: str) -> Finding:
    rule = f"{stage.id} has no deployment, and none is made automatically"
    return denied(HopKind.STAGE, path, stage, rule, Code.NETFUL_API_NOT_DEPLOYED, answer=NOT_FOUND)


def _is_preflight(api: Api, request: ApiRequest) -> bool:
    asked = (value_of(request.headers, name) for name in ("origin", "access-control-request-method"))
    return _answers_preflights(api) and is_preflight(request.method, *asked)


def _answers_preflights(api: Api) -> bool:
    return isinstance(api, HttpApi) and api.cors_configuration is not None


def _no_preflight(api: Api, request: ApiRequest) -> tuple[str, ...]:
    """Return the assumption about a request that may be a preflight: its headers would tell."""
    if request.method != "OPTIONS" or not _answers_preflights(api):
        return ()
    headers = "`Origin` and `Access-Control-Request-Method`"
    return (f"the request is not a CORS preflight, which has {headers}, and which {api.id} answers itself",)


def _no_route(api: Api, request: ApiRequest, path: str) -> Finding:
    asks = f"{request.method} {path}"
    if api.definition is not None:
        missing = api.definition.needs or (f"the definition of {api.id}",)
        return unknown(HopKind.ROUTE, asks, api.id, api.definition.why, missing, api.origin)
    possible = possible_route(api, request.method, path)
    if possible is not None and possible.integration is not None:
        rule, missing = f"{api.id} may have a route for {asks}", needs(possible.integration.type, "")
        return unknown(HopKind.ROUTE, asks, api.id, rule, missing, api.origin)
    rule = f"{api.id} has no route for {asks}"
    assumed = _no_preflight(api, request)
    ruling = Ruling("deny", api.id, rule, Code.NETFUL_API_NO_ROUTE, api.origin, assumptions=assumed)
    return Finding(HopKind.ROUTE, asks, ruling, _NO_ROUTE[api.protocol])


def _route(request: ApiRequest, api: Api, route: ApiRoute, path: str, contained: tuple[str, ...]) -> Finding:
    """Return the step of a route, with the assumption that the request has what the route's validator requires."""
    strict, method = strictest(api, route) if isinstance(api, RestApi) else (api, route)
    required = [*missing(strict, method, _message(request, route)), *_required_body(request, strict, method)]
    has = (f"the request has what {route.id} requires: {', '.join(required)}",) if required else ()
    possible = possible_route(api, request.method, path) if api.possible_routes else None
    other = f"{possible.http_method} {possible.path}" if possible else ""
    absent = (f"{api.id} has no route {other}, which would precede {route.id}",) if possible else ()
    assumed = (*has, *absent, *contained, *_no_preflight(api, request))
    rule = f"{route.http_method} {route.path}"
    return Finding(HopKind.ROUTE, str(request), Ruling("allow", api.id, rule, origin=route.origin, assumptions=assumed))


def _not_contained(request: ApiRequest, api: Api, stage: Stage, route: ApiRoute) -> Finding:
    """Return the step of a route that waits for the stage's deployment: a later deployment may contain it."""
    rule = f"{route.id} is made after {stage.deployment_id}, which then does not contain it"
    return unknown(HopKind.ROUTE, str(request), api.id, rule, (), route.origin)


def _message(request: ApiRequest, route: ApiRoute) -> Message:
    """Return the known parts of a request, as the validator of a REST API reads them; the path has every parameter of its route."""
    query = queries.parameters(request.query, of_rest=True)
    path = {name.rpartition(".")[2]: ["?"] for name in route.request_parameters if ".path." in name}
    return Message({"path": path, "querystring": query, "header": {name: [value] for name, value in request.headers}})


def _required_body(request: ApiRequest, api: Api, route: ApiRoute) -> Iterator[str]:
    model = model_for(api, route, request.content_type or "")
    if model is not None and model.name not in DEFAULT_MODELS:
        yield f"a body of model {model.name}"


def _sent_key(cloud: Cloud, request: ApiRequest, meant: Destination, members: tuple[Membership, ...]) -> Finding | None:
    """Judge the API key that a request is known to carry; None if it is not known to carry one, or the keys are not known."""
    api, stage, route, value = meant.came.api, meant.stage, meant.route, value_of(request.headers, _KEY)
    if not value or stage is None or route is None or not isinstance(api, RestApi) or api.api_key_source != "HEADER":
        return None
    key = api_keys.key_with(cloud, value)
    member = api_keys.opened(cloud, stage, key)
    if key is not None and member is not None:
        rule = f"the request carries its key {key.id}"
        return allowed(HopKind.API_KEY, _KEY, member.plan, rule)
    if not api_keys.are_known(cloud):
        return None
    rule = f"the request carries a key of none of {', '.join(member.plan.id for member in members)}"
    ruling = Ruling("deny", api.id, rule, Code.NETFUL_API_KEY_REFUSED, route.origin)
    return Finding(HopKind.API_KEY, _KEY, ruling, INVALID_KEY)


def _api_key(
    api: Api,
    stage: Stage,
    route: ApiRoute,
    members: tuple[Membership, ...],
    withheld: frozenset[str],
    *,
    usable: bool,
) -> Iterator[Finding]:
    if not route.api_key_required:
        return
    by_authorizer = isinstance(api, RestApi) and api.api_key_source == "AUTHORIZER"
    if by_authorizer and route.authorization_type is not Authorization.CUSTOM:
        rule = f"{api.id} takes keys from Lambda authorizers, and the route has none: no key is accepted"
        ruling = Ruling("deny", api.id, rule, Code.NETFUL_API_KEY_WITHOUT_AUTHORIZER, route.origin)
        yield Finding(HopKind.API_KEY, "usageIdentifierKey", ruling, INVALID_KEY)
        return
    if _KEY in withheld and isinstance(api, RestApi) and api.api_key_source == "HEADER":
        rule = f"a key is required in `{_KEY}`, which the distribution before {api.id} does not forward"
        ruling = Ruling("deny", api.id, rule, Code.NETFUL_HEADER_NOT_FORWARDED, route.origin)
        yield Finding(HopKind.API_KEY, _KEY, ruling, INVALID_KEY)
        return
    names = ", ".join(member.plan.id for member in members)
    if usable:
        whose = "the authorizer returns" if by_authorizer else "the request carries"
        assumed = (f"{whose} an API key of {names}",)
        ruling = Ruling("allow", names, "a key of a usage plan of this stage is required", assumptions=assumed)
        yield Finding(HopKind.API_KEY, _KEY, ruling)
        return
    rule = f"a key is required, but no usage plan has stage {stage.stage_name} of {api.id}: no key is accepted"
    rule = f"a key is required, but {names} has no enabled key: no key is accepted" if members else rule
    needed = (f"the API key of {names}" if members else f"the usage plan of {api.id}",)
    yield Finding(
        HopKind.API_KEY,
        _KEY,
        Ruling("unknown", api.id, rule, Code.NETFUL_API_KEY_WITHOUT_PLAN, route.origin, needed),
        INVALID_KEY,
    )


def throttle(api: Api, stage: Stage, route: ApiRoute, members: tuple[Membership, ...]) -> Finding:
    """Judge by the ladder of limits, then by the quota, with the plan of the required key that admits most: 0 rejects all requests."""
    asks = f"{route.http_method} {route.path}"
    ladders = [(ladder(api, stage, route, one), one) for one in members or (None,)]
    rungs, member = min(ladders, key=lambda found: (_shut(found[0]) is not None, _is_spent(route, found[1])))
    rule = ", then ".join(map(str, rungs))
    shut = _shut(rungs)
    if shut is not None:
        ruling = Ruling("deny", shut.component, f"{rule}: nothing passes", Code.NETFUL_API_THROTTLED, shut.origin)
        return Finding(HopKind.THROTTLE, asks, ruling, TOO_MANY)
    if member is not None and _is_spent(route, member):
        plan, rule = member.plan, "its quota is 0: nothing passes"
        return denied(HopKind.THROTTLE, asks, plan, rule, Code.NETFUL_API_THROTTLED, answer=QUOTA_SPENT)
    assumed = [f"the limit of {one.component} that is not known is above 0" for one in rungs if not is_open(one)]
    if may_close(stage, route):
        assumed.append(f"the limits of {stage.id} whose method is not known are of other methods")
    ruling = Ruling("allow", rungs[0].component, rule, origin=rungs[0].origin, assumptions=tuple(assumed))
    return Finding(HopKind.THROTTLE, asks, ruling)


def _shut(rungs: Sequence[Limit]) -> Limit | None:
    """Return the first limit that admits no request."""
    return next((limit for limit in rungs if 0 in (limit.rate, limit.burst)), None)


def _is_spent(route: ApiRoute, member: Membership | None) -> bool:
    """Return whether a plan's quota admits no request."""
    own = None if member is None else quota(route, member)
    return own is not None and own.limit == 0
