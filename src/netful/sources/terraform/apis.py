"""Parts of APIs that the AWS provider separates and CloudFormation keeps within the API.

An integration belongs to the method of the same resource and verb, settings to the stage of the same API and name.
"""

from collections.abc import Mapping
from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.terraform.api_types import INTEGRATION, SETTINGS
from netful.sources.terraform.blocks import blocks_of
from netful.sources.terraform.plan import Planned, items, mapping
from netful.sources.terraform.translation import Maker, Translation

_NO_LIMIT = -1


def _integration(making: Translation, resource: Planned) -> None:
    """Add a method's integration."""
    wanted = {
        "RestApiId": making.value(resource, "rest_api_id"),
        "ResourceId": making.value(resource, "resource_id"),
        "HttpMethod": making.value(resource, "http_method"),
    }
    method = _holder(making, "AWS::ApiGateway::Method", wanted)
    if method is not None:
        written = {target: making.value(resource, name) for name, target in INTEGRATION.items()}
        making.extend(method, "Integration", {k: v for k, v in written.items() if v not in (None, "")}, resource)


def _policy(making: Translation, resource: Planned) -> None:
    """Add an API's resource policy."""
    api = making.holder(making.value(resource, "rest_api_id"))
    if api is not None:
        making.extend(api, "Policy", making.value(resource, "policy"), resource)


def _method_settings(making: Translation, resource: Planned) -> None:
    """Add the settings of some methods of a stage: `*/*` are all, else a path and a verb."""
    wanted = {"RestApiId": making.value(resource, "rest_api_id"), "StageName": making.value(resource, "stage_name")}
    stage = _holder(making, "AWS::ApiGateway::Stage", wanted)
    if stage is None:
        return
    path, _, verb = str(resource.values.get("method_path", "*/*")).rpartition("/")
    written = mapping(next(iter(items(resource.values.get("settings"))), {}))
    settings = {target: written.get(name) for name, target in SETTINGS.items()}
    known = {name: value for name, value in settings.items() if value not in (None, _NO_LIMIT)}
    place = "/*" if path == "*" else f"/{path.strip('/')}"
    making.extend(stage, "MethodSettings", [{"ResourcePath": place, "HttpMethod": verb, **known}], resource)


def _limits_of_methods(making: Translation, resource: Planned) -> None:
    """Add the throttles that a usage plan has for methods of its stages."""
    plan = making.holder({"Ref": resource.address})
    stages = plan["Properties"].get("ApiStages", ()) if plan is not None else ()
    for stage, (values, _, _) in zip(stages, blocks_of(resource, "api_stages"), strict=False):
        limits = {
            one["path"]: {"BurstLimit": one.get("burst_limit"), "RateLimit": one.get("rate_limit")}
            for one in items(values.get("throttle"))
            if isinstance(one.get("path"), str)
        }
        if limits:
            stage.put("Throttle", making.marked(limits, resource.line), resource.line)


def _route(making: Translation, resource: Planned) -> None:
    """Make a route; a text in its target names the integration, and a plan contains only the reference."""
    arguments = {
        "ApiId": "api_id",
        "RouteKey": "route_key",
        "AuthorizationType": "authorization_type",
        "AuthorizerId": "authorizer_id",
        "ApiKeyRequired": "api_key_required",
    }
    properties: dict[str, Any] = {target: making.value(resource, name) for target, name in arguments.items()}
    named = making.value(resource, "target")
    called = named if isinstance(named, str) or named is None else {"Fn::Join": ["/", ["integrations", named]]}
    making.put(resource, "AWS::ApiGatewayV2::Route", {**properties, "Target": called})


def _routing_rule(making: Translation, resource: Planned) -> None:
    """Make a routing rule of a domain name."""
    values, unknown, written = next(blocks_of(resource, "actions"), ({}, {}, {}))
    within = (_first(each.get("invoke_api")) for each in (values, unknown, written))
    block = tuple(within)
    invoked = {
        "ApiId": making.argument(resource, "api_id", *block),
        "Stage": making.argument(resource, "stage", *block),
        "StripBasePath": block[0].get("strip_base_path"),
    }
    known = {name: value for name, value in invoked.items() if value is not None}
    properties = {
        "DomainNameArn": making.value(resource, "domain_name"),
        "Priority": resource.values.get("priority"),
        "Conditions": [_condition(values) for values, _, _ in blocks_of(resource, "conditions")],
        "Actions": [{"InvokeApi": known}],
    }
    making.put(resource, "AWS::ApiGatewayV2::RoutingRule", properties)


def _condition(values: dict[str, Any]) -> dict[str, Any]:
    """Return a condition of a routing rule, by headers or by base paths."""
    headers = items(_first(values.get("match_headers")).get("any_of"))
    if headers:
        globs = [{"Header": each.get("header"), "ValueGlob": each.get("value_glob")} for each in headers]
        return {"MatchHeaders": {"AnyOf": globs}}
    return {"MatchBasePaths": {"AnyOf": _first(values.get("match_base_paths")).get("any_of") or []}}


def _first(value: Any) -> dict[str, Any]:
    """Return a block, or the first of a list of blocks; {} without one."""
    return mapping(next(iter(value), None) if isinstance(value, list) else value)


def _holder(making: Translation, kind: str, wanted: dict[str, Any]) -> MarkedMap | None:
    """Return the resource of a type that has all of some properties."""
    for made in making.resources.values():
        if made["Type"] == kind and all(made["Properties"].get(name) == value for name, value in wanted.items()):
            return made if isinstance(made, MarkedMap) else None
    return None


MAKERS: Mapping[str, Maker] = {
    "aws_api_gateway_integration": _integration,
    "aws_api_gateway_rest_api_policy": _policy,
    "aws_api_gateway_method_settings": _method_settings,
    "aws_api_gateway_usage_plan": _limits_of_methods,
    "aws_apigatewayv2_route": _route,
    "aws_apigatewayv2_routing_rule": _routing_rule,
}
