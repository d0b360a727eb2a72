"""The last step: what a route calls, and whether API Gateway may call it (api-gateway §5.1, §5.10)."""

from __future__ import annotations

from netful.engine.api_answers import HTTP_UNAVAILABLE, INTERNAL_ERROR, NO_CONNECTION
from netful.engine.api_step import Step
from netful.engine.integrations import callee, function_id
from netful.engine.policies import like
from netful.engine.ruling import Ruling, needs
from netful.model.api import Api, Protocol, Route
from netful.model.cloud import Cloud
from netful.model.resource import Resource
from netful.model.stage import Stage
from netful.model.unknown import Unknown

NO_INTEGRATION = "NETFUL_API_NO_INTEGRATION"
NO_PERMISSION = "NETFUL_API_NO_INVOKE_PERMISSION"

_PRINCIPALS = ("apigateway.amazonaws.com", "*")


def integration_step(cloud: Cloud, api: Api, stage: Stage, route: Route) -> Step:
    """How a route's integration is called."""
    asks = f"{route.http_method} {route.path}"
    integration = route.integration
    if integration is None:
        ruling = Ruling("deny", route.id, "the route has no integration", NO_INTEGRATION, route.origin)
        return Step("integration", asks, ruling, INTERNAL_ERROR)
    called = callee(cloud, integration, stage)
    if called.function in cloud.functions and integration.credentials is None:
        return _function(cloud, api, route, called.function or "")
    if isinstance(called.uri, Unknown) and integration.connection_id is None:
        rule, missing = f"{integration.type}, to where is not known", needs(called.uri, "")
        return Step("integration", asks, Ruling("unknown", route.id, rule, "", integration.origin, missing))
    component = called.function or str(integration.connection_id or called.service or route.id)
    uri = called.uri if isinstance(called.uri, str) else None
    what = f"{called.service}:{called.action or '?'}" if called.service else uri
    rule = f"{integration.type}, {what}" if what else str(integration.type)
    link = integration if integration.connection_type == "VPC_LINK" else None
    unreached = HTTP_UNAVAILABLE if api.protocol is Protocol.HTTP else NO_CONNECTION
    ruling = Ruling("allow", component, rule, origin=integration.origin)
    return Step("integration", asks, ruling, unreached if link else None, link)


def _function(cloud: Cloud, api: Api, route: Route, name: str) -> Step:
    asks, origin = f"{route.http_method} {route.path}", route.origin
    answers = [_permits(cloud, resource, api, name) for resource in cloud.resources.values()]
    if True in answers:
        return Step("integration", asks, Ruling("allow", name, "AWS_PROXY, lambda:Invoke", origin=origin))
    if None in answers:
        missing = (f"whether API Gateway may invoke {name}",)
        return Step("integration", asks, Ruling("unknown", name, "a permission is not known", "", origin, missing))
    rule = f"no `AWS::Lambda::Permission` lets API Gateway invoke {name} for {api.id}"
    ruling = Ruling("deny", name, rule, NO_PERMISSION, origin)
    return Step("integration", asks, ruling, INTERNAL_ERROR)


def _permits(cloud: Cloud, resource: Resource, api: Api, name: str) -> bool | None:
    """Whether a resource lets API Gateway invoke a function; None where that hangs on an unknown."""
    if resource.type != "AWS::Lambda::Permission":
        return False
    given = resource.properties
    function, principal, source = given.get("FunctionName"), given.get("Principal"), given.get("SourceArn")
    if any(isinstance(value, Unknown) for value in (function, principal)):
        return None
    if principal not in _PRINCIPALS or _function_of(cloud, str(function)) != name:
        return False
    if isinstance(source, Unknown):
        return None
    return source is None or like(str(source).split("/", 1)[0], _execute_api_arn(cloud, api))


def _execute_api_arn(cloud: Cloud, api: Api) -> str:
    return f"arn:aws:execute-api:{api.region}:{cloud.account_id}:{api.id}"


def _function_of(cloud: Cloud, text: str) -> str:
    """The function that a permission names: by name, by ARN, or by an alias or version of it."""
    resource = cloud.resources.get(text)
    if resource is not None and resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        return _function_of(cloud, str(resource.properties.get("FunctionName")))
    name = text.partition(":function:")[2] or text
    return function_id(cloud, name.partition(":")[0])
