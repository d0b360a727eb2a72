"""Integration of a route as the last step: its callee, and the permission to call it (api-gateway §5.1, §5.5, §5.9, §5.10)."""

from dataclasses import replace

from netful.engine.admission.integration_mappings import fault_of
from netful.engine.authorization.invocable import assumed_on, invocation_refusal, names_tenant, queues_event
from netful.engine.authorization.permissions import permits, permitted_sources, sources_of
from netful.engine.effort.allowance import of_time
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.gateway_errors import (
    BAD_INTEGRATION,
    HTTP_INTERNAL_ERROR,
    HTTP_UNAVAILABLE,
    INTERNAL_ERROR,
    NO_CONNECTION,
    GatewayAnswer,
)
from netful.engine.integrations.integration_credentials import RoleRefusal, role_assumed, role_refusal
from netful.engine.integrations.integration_responses import (
    declares,
    select,
)
from netful.engine.integrations.integration_targets import Callee, callee, in_stage
from netful.model.apis.api import Api, ApiRoute, Protocol
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Unknown, host_of_url
from netful.model.functions.function import Function


def internal_error(api: Api) -> GatewayAnswer:
    """Return the response for an integration that cannot be called; REST and HTTP APIs spell it differently (§6.5)."""
    return HTTP_INTERNAL_ERROR if api.protocol is Protocol.HTTP else INTERNAL_ERROR


def integration_step(cloud: Cloud, api: Api, stage: Stage, route: ApiRoute, method: str) -> Finding:
    """Return the step to the integration of a route, for a request with a method."""
    asks = f"{route.http_method} {route.path}"
    integration = route.integration
    if integration is None:
        rule, code = "the route has no integration", Code.NETFUL_API_NO_INTEGRATION
        return denied(HopKind.INTEGRATION, asks, route, rule, code, answer=internal_error(api))
    if isinstance(integration.type, Unknown):
        missing = needs(integration.type, "")
        return unknown(HopKind.INTEGRATION, asks, route.id, "its type is not known", missing, integration.origin)
    wrong = fault_of(route, integration) if api.protocol is Protocol.REST else None
    if wrong:
        ruling = Ruling("deny", route.id, *wrong, origin=integration.origin)
        return Finding(HopKind.INTEGRATION, asks, ruling, INTERNAL_ERROR)
    if integration.type == "AWS_PROXY" and isinstance(integration.http_method, Unknown):
        rule, missing = "by which method it invokes is not known", needs(integration.http_method, "")
        return unknown(HopKind.INTEGRATION, asks, route.id, rule, missing, integration.origin)
    return _invoked(cloud, api, stage, route, in_stage(cloud, integration, stage), method)


def _invoked(cloud: Cloud, api: Api, stage: Stage, route: ApiRoute, integration: Integration, method: str) -> Finding:
    """Return the step to the callee of an integration in a stage."""
    asks = f"{route.http_method} {route.path}"
    called = callee(cloud, integration, stage)
    refused = role_refusal(cloud, api, integration, called)
    if refused:
        return _refused(api, route, integration, refused)
    assumed = role_assumed(cloud, api, integration, called)
    function = cloud.compute.functions.get(called.function or "")
    if function is not None:
        by_permission = integration.credentials is None
        unpermitted = _not_permitted(cloud, api, stage, route, called, method) if by_permission else None
        return unpermitted or _function(api, route, function, called, (*assumed, *assumed_on(cloud, function)))
    if isinstance(called.uri, Unknown) and integration.connection_id is None:
        rule, missing = f"{integration.type}, to where is not known", needs(called.uri, "")
        return unknown(HopKind.INTEGRATION, asks, route.id, rule, missing, integration.origin)
    return _called(api, route, integration, called, assumed)


def replaced_answer(step: Finding) -> GatewayAnswer | None:
    """Return the response in place of an integration that a step refuses; None if the integration, or its service, answers."""
    served = step.ruling.verdict != "deny" or step.service_refuses
    return None if served else step.answer


def _refused(api: Api, route: ApiRoute, integration: Integration, refused: RoleRefusal) -> Finding:
    """Return the step that an integration's role does not admit; a REST API maps the refusal of the service."""
    asks = f"{route.http_method} {route.path}"
    ruling = Ruling("deny", refused.role.id, refused.rule, refused.code, refused.role.origin, remedy=refused.remedy)
    if refused.status is None:
        return Finding(HopKind.INTEGRATION, asks, ruling, internal_error(api))
    answer = passed_on(api, route, integration, GatewayAnswer(refused.status, ""))
    return Finding(HopKind.INTEGRATION, asks, ruling, answer, service_refuses=True)


def passed_on(api: Api, route: ApiRoute, integration: Integration, said: GatewayAnswer) -> GatewayAnswer:
    """Return the client's response for an error response of a service or a web server; REST APIs map it, except for HTTP_PROXY."""
    if api.protocol is Protocol.HTTP or integration.type == "HTTP_PROXY":
        return said
    response = select(integration, str(said.status), of_time())
    status = response.status_code if response and declares(route, response.status_code) else ""
    return GatewayAnswer(int(status), "") if status.isdecimal() else INTERNAL_ERROR


def _off(api: Api, route: ApiRoute, integration: Integration, throttled: Ruling) -> Finding:
    """Return the step to a function that is turned off: Lambda throttles calls, and accepts events that it drops."""
    asks, name, queues = f"{route.http_method} {route.path}", throttled.component, queues_event(integration)
    if queues:
        rule = f"{integration.type}, lambda:Invoke of an event"
        dropped = (
            *throttled.assumptions,
            f"{name} does not run: {throttled.rule}, so Lambda accepts the event and drops it",
        )
        ruling = Ruling("allow", name, rule, origin=throttled.origin, assumptions=dropped)
        return Finding(HopKind.INTEGRATION, asks, ruling)
    if queues is None:
        waits = f"{route.id} does not map `Event` to `X-Amz-Invocation-Type`"
        throttled = replace(throttled, assumptions=(*throttled.assumptions, waits))
    answer = _throttled(api, route, integration) if api.protocol is Protocol.REST else internal_error(api)
    return Finding(HopKind.INTEGRATION, asks, throttled, answer, service_refuses=True)


def _throttled(api: Api, route: ApiRoute, integration: Integration) -> GatewayAnswer:
    """Return the response of a REST API for an invocation that Lambda throttles (§5.10)."""
    proxy = integration.type == "AWS_PROXY"
    return BAD_INTEGRATION if proxy else passed_on(api, route, integration, GatewayAnswer(429, ""))


def _called(api: Api, route: ApiRoute, integration: Integration, called: Callee, assumed: tuple[str, ...]) -> Finding:
    """Return the step to a callee outside the stack's functions: another function, a service, a web server."""
    uri = called.uri if isinstance(called.uri, str) else None
    what = f"{called.service}:{called.action or '?'}" if called.service else uri
    rule = f"{integration.type}, {what}" if what else str(integration.type)
    component = called.function or str(integration.connection_id or called.service or route.id)
    link = integration if integration.connection_type == "VPC_LINK" else None
    host = "" if link or called.service or uri is None else _host(uri)
    asks = f"{route.http_method} {route.path}"
    ruling = Ruling("allow", component, rule, origin=integration.origin, assumptions=assumed)
    return Finding(HopKind.INTEGRATION, asks, ruling, _unreached(api, link, host), link, host)


def _unreached(api: Api, link: Integration | None, host: str) -> GatewayAnswer | None:
    """Return the response for an unreachable web server; None if the integration needs no network path."""
    if link is None and not host:
        return None
    if api.protocol is Protocol.HTTP:
        return HTTP_UNAVAILABLE
    return NO_CONNECTION if link else INTERNAL_ERROR


def _host(uri: str) -> str:
    """Return the host of a URL; "" if it depends on the request's path."""
    host = host_of_url(uri)
    return "" if "{" in host else host


def _function(api: Api, route: ApiRoute, function: Function, called: Callee, assumed: tuple[str, ...]) -> Finding:
    """Return the step to a function that API Gateway may invoke."""
    asks, integration, origin = f"{route.http_method} {route.path}", route.integration, route.origin
    assert integration is not None
    refused = invocation_refusal(function, called.qualifier or "", tenant=names_tenant(integration))
    if refused is None:
        rule = f"{integration.type}, lambda:Invoke"
        ruling = Ruling("allow", function.id, rule, origin=origin, assumptions=assumed)
        return Finding(HopKind.INTEGRATION, asks, ruling)
    ruling = Ruling("deny", function.id, *refused, origin, assumptions=assumed)
    if refused[1] is Code.NETFUL_FUNCTION_OFF:
        return _off(api, route, integration, ruling)
    return Finding(HopKind.INTEGRATION, asks, ruling, internal_error(api))


def _not_permitted(
    cloud: Cloud, api: Api, stage: Stage, route: ApiRoute, called: Callee, method: str
) -> Finding | None:
    """Return the step to a function that no known permission lets API Gateway invoke; None if one does."""
    asks, origin, name = f"{route.http_method} {route.path}", route.origin, str(called.function)
    shown = sources_of(cloud, api, stage, route, method)
    permitted = permits(cloud, shown, called)
    if permitted:
        return None
    if permitted is None:
        missing = (f"whether API Gateway may invoke {name}",)
        return unknown(HopKind.INTEGRATION, asks, name, "a permission is not known", missing, origin)
    others = [source for source in permitted_sources(cloud, called) if isinstance(source, str)]
    texts = [text.replace(f":{cloud.aws_id(api.id)}", f":{api.id}") for text in (shown[0], *others)]
    for_what = f"{texts[0].rpartition(':')[2]}, only for {', '.join(texts[1:])}" if others else api.id
    whom = f"{name}:{called.qualifier}" if called.qualifier else name
    rule = f"no `AWS::Lambda::Permission` lets API Gateway invoke {whom} for {for_what}"
    remedy = Code.NETFUL_API_NO_INVOKE_PERMISSION.hint.format(component=whom) if called.qualifier else ""
    ruling = Ruling("deny", name, rule, Code.NETFUL_API_NO_INVOKE_PERMISSION, origin, remedy=remedy)
    return Finding(HopKind.INTEGRATION, asks, ruling, internal_error(api))
