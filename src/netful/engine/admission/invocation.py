"""The last step: what a route calls, and whether API Gateway may call it (api-gateway §5.1, §5.10)."""

from __future__ import annotations

from urllib.parse import urlsplit

from netful.engine.authorization.permissions import permits, permitted_sources, sources_of
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.flows.step import Step
from netful.engine.http.gateway_errors import (
    HTTP_INTERNAL_ERROR,
    HTTP_UNAVAILABLE,
    INTERNAL_ERROR,
    NO_CONNECTION,
    Answer,
)
from netful.engine.integrations.integration_faults import fault, undeclared
from netful.engine.integrations.integration_targets import callee, in_stage
from netful.model.apis.api import Api, ApiRoute, Protocol
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown

NO_INTEGRATION = "NETFUL_API_NO_INTEGRATION"
INVALID = "NETFUL_API_INVALID_INTEGRATION"
NO_PERMISSION = "NETFUL_API_NO_INVOKE_PERMISSION"


def internal_error(api: Api) -> Answer:
    """What the caller gets where an integration cannot be called: each kind of API has its own spelling (§6.5)."""
    return HTTP_INTERNAL_ERROR if api.protocol is Protocol.HTTP else INTERNAL_ERROR


def integration_step(cloud: Cloud, api: Api, stage: Stage, route: ApiRoute) -> Step:
    """How a route's integration is called."""
    asks = f"{route.http_method} {route.path}"
    integration = route.integration
    if integration is None:
        ruling = Ruling("deny", route.id, "the route has no integration", NO_INTEGRATION, route.origin)
        return Step("integration", asks, ruling, internal_error(api))
    wrong = fault(integration) or undeclared(route) if api.protocol is Protocol.REST else ""
    if wrong:
        ruling = Ruling("deny", route.id, f"it cannot be deployed: {wrong}", INVALID, integration.origin)
        return Step("integration", asks, ruling, INTERNAL_ERROR)
    integration = in_stage(integration, stage)
    called = callee(cloud, integration, stage)
    if called.function in cloud.compute.functions and integration.credentials is None:
        return _function(cloud, api, stage, route, called.function or "")
    if isinstance(called.uri, Unknown) and integration.connection_id is None:
        rule, missing = f"{integration.type}, to where is not known", needs(called.uri, "")
        return Step("integration", asks, Ruling("unknown", route.id, rule, "", integration.origin, missing))
    component = called.function or str(integration.connection_id or called.service or route.id)
    uri = called.uri if isinstance(called.uri, str) else None
    what = f"{called.service}:{called.action or '?'}" if called.service else uri
    rule = f"{integration.type}, {what}" if what else str(integration.type)
    link = integration if integration.connection_type == "VPC_LINK" else None
    host = "" if link or called.service or uri is None else _host(uri)
    unreached = NO_CONNECTION if link else INTERNAL_ERROR if host else None
    if unreached and api.protocol is Protocol.HTTP:
        unreached = HTTP_UNAVAILABLE
    return Step("integration", asks, Ruling("allow", component, rule, origin=integration.origin), unreached, link, host)


def _host(uri: str) -> str:
    """The host of a URL; "" where only a request's own path says it."""
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        return ""
    return "" if "{" in host else host


def _function(cloud: Cloud, api: Api, stage: Stage, route: ApiRoute, name: str) -> Step:
    asks, origin = f"{route.http_method} {route.path}", route.origin
    shown = sources_of(cloud, api, stage, route)
    permitted = permits(cloud, shown, name)
    if permitted:
        return Step("integration", asks, Ruling("allow", name, "AWS_PROXY, lambda:Invoke", origin=origin))
    if permitted is None:
        missing = (f"whether API Gateway may invoke {name}",)
        return Step("integration", asks, Ruling("unknown", name, "a permission is not known", "", origin, missing))
    others = [source for source in permitted_sources(cloud, name) if isinstance(source, str)]
    for_what = f"{shown[0].rpartition(':')[2]}, only for {', '.join(others)}" if others else api.id
    rule = f"no `AWS::Lambda::Permission` lets API Gateway invoke {name} for {for_what}"
    ruling = Ruling("deny", name, rule, NO_PERMISSION, origin)
    return Step("integration", asks, ruling, internal_error(api))
