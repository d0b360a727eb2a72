"""Judgement that is the same for all similar requests: their API, stage and route, and the first refusal.

The live gateway calls this for every request. It is the judgement that `trace` shows, without the parts that depend on the
moment: web ACLs, keys, token buckets, authorizers and mappings. The gateway evaluates those itself, in AWS's order (api-gateway §0).
A request is admitted where the rules cannot decide because the caller's identity is not emulated.
"""

from netful.engine.admission import requests
from netful.engine.admission.integration_mappings import BY_CONTENT_TYPE
from netful.engine.admission.requests import ApiRequest
from netful.engine.authorization.callers import Caller
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.kinds import HopKind
from netful.engine.http.gateway_errors import FORBIDDEN, GatewayAnswer
from netful.engine.waf.associations import acl_of, association_of
from netful.model.access.web_acl import WebAcl
from netful.model.apis.api import Api, ApiEndpointType, ApiRoute
from netful.model.apis.domain import DomainName
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen

_OF_THE_MOMENT = ("waf", "api key", "throttle")


class Judgement(Frozen):
    """Destination and refusals of a request; `path` is the path after the stage, `rule_id` the routing rule of its domain.

    `refusal` comes before any authorizer, `authorizer_refusal` replaces the authorizer's answer, `late_refusal` comes after it,
    and `integration_refusal` replaces the integration. `policy_allows`: the API's own policy allows the request, so that a
    Lambda authorizer need not (§2.6, table A). `web_acl` is the web ACL that inspects the request before all of these. `served`: the
    API is served at the request's host.
    """

    api: Api | None
    stage: Stage | None
    route: ApiRoute | None
    path: str
    domain: DomainName | None = None
    rule_id: str = ""
    refusal: GatewayAnswer | None = None
    integration_refusal: GatewayAnswer | None = None
    authorizer_refusal: GatewayAnswer | None = None
    late_refusal: GatewayAnswer | None = None
    policy_allows: bool = False
    web_acl: WebAcl | None = None
    served: bool = True

    @property
    def edge(self) -> bool:
        """Return whether the request comes through the emulated CloudFront: by an edge domain, or an edge API's own name."""
        if self.domain is not None:
            return self.domain.endpoint_type is ApiEndpointType.EDGE
        return self.api is not None and self.api.endpoint_type is ApiEndpointType.EDGE


def judge(cloud: Cloud, request: ApiRequest, caller: Caller) -> Judgement:
    """Return the judgement of a request."""
    meant = requests.destination(cloud, request, caller)
    found: dict[str, GatewayAnswer] = {}
    authorized = False
    for step in requests.steps(cloud, request, caller):
        authorized = authorized or step.kind == HopKind.AUTHORIZATION
        of_the_moment = step.kind in _OF_THE_MOMENT or step.ruling.code in BY_CONTENT_TYPE
        if step.ruling.verdict == "deny" and not of_the_moment and not step.service_refuses:
            found.setdefault(_when(step, authorized=authorized), step.answer or FORBIDDEN)
    came = meant.came
    if came.api is None or meant.stage is None or meant.route is None:
        found.setdefault(
            "refusal", FORBIDDEN
        )  # `trace` takes an API that was not loaded to be there; nothing answers here
    allows = requests.access(cloud, request, caller, meant).policy_allows()
    served = came.step.ruling.verdict != "deny"
    return Judgement(
        came.api,
        meant.stage,
        meant.route,
        meant.path,
        came.domain,
        came.rule_id,
        policy_allows=allows,
        web_acl=_web_acl(cloud, meant.stage) if served else None,
        served=served,
        **found,
    )


def _web_acl(cloud: Cloud, stage: Stage | None) -> WebAcl | None:
    association = association_of(cloud, stage) if stage is not None else None
    return acl_of(cloud, association) if association is not None else None


def _when(step: Finding, *, authorized: bool) -> str:
    """Return the field of the judgement for a step's refusal."""
    if step.kind == HopKind.INTEGRATION:
        return "integration_refusal"
    if step.ruling.code == Code.NETFUL_API_NO_AUTHORIZER_PERMISSION:
        return "authorizer_refusal"
    return "late_refusal" if step.kind == HopKind.POLICY and authorized else "refusal"
