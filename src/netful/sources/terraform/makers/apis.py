"""Parts of APIs that the AWS provider separates and CloudFormation keeps within the API.

An integration belongs to the method of the same resource and verb, settings to the stage of the same API and name.
"""

from collections.abc import Mapping
from typing import Any

from netful.model.apis.api import ApiEndpointType
from netful.model.core import Unknown
from netful.sources.files.marked import MarkedMap
from netful.sources.terraform.plan.blocks import Block, blocks_of
from netful.sources.terraform.plan.planned_resources import Planned, items, mapping
from netful.sources.terraform.plan.references import after_apply
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.api_types import INTEGRATION, INTEGRATION_RESPONSE, METHOD_RESPONSE, SETTINGS
from netful.sources.terraform.types.rows import keyed, properties, single

_NO_LIMIT = -1
_LIMITS = properties("throttling_burst_limit throttling_rate_limit")
_ROUTE = single("", "api_id route_key authorization_type authorization_scopes authorizer_id api_key_required"
    " model_selection_expression request_models", request_parameter=keyed("RequestParameters", {"required": "Required"}, "request_parameter_key"))  # fmt: skip
_OF_METHOD = ("AWS::ApiGateway::Method", "rest_api_id resource_id http_method")


def _integration(making: Translation, resource: Planned) -> None:
    """Add a method's integration. One that may be of several methods makes theirs unknown."""
    methods = _alike_or_possible(making, resource, *_OF_METHOD)
    unknown = after_apply(f"{resource.address}.http_method")
    for method in methods:
        held = method["Properties"].get("Integration", {})
        own = (
            making.named(resource, "", INTEGRATION) if len(methods) == 1 else {"Type": unknown, "Uri": unknown, **held}
        )
        making.extend(method, "Integration", {**held, **own}, resource)


def _integration_response(making: Translation, resource: Planned) -> None:
    """Add a response of a method's integration."""
    method = _method(making, resource)
    if method is not None:
        held = method["Properties"].get("Integration", {})
        response = making.named(resource, "", INTEGRATION_RESPONSE)
        responses = [*held.get("IntegrationResponses", ()), response]
        making.extend(method, "Integration", {**held, "IntegrationResponses": responses}, resource)


def _method_response(making: Translation, resource: Planned) -> None:
    """Add a response that a method declares."""
    method = _method(making, resource)
    if method is not None:
        making.extend(method, "MethodResponses", [making.named(resource, "", METHOD_RESPONSE)], resource)


def _method(making: Translation, resource: Planned) -> MarkedMap | None:
    return _holder(making, resource, *_OF_METHOD)


def _domain_name(making: Translation, resource: Planned) -> None:
    """Make a domain name: the provider has one type for private ones and others."""
    own = (
        "domain_name endpoint_access_mode endpoint_configuration.types endpoint_configuration.ip_address_type routing_mode "
        "mutual_tls_authentication.truststore_uri policy"
    )
    made = making.named(resource, own)
    private = made.get("EndpointConfiguration", {}).get("Types") == [ApiEndpointType.PRIVATE]
    making.put(resource, f"AWS::ApiGateway::DomainName{'V2' if private else ''}", made)


def _body(making: Translation, resource: Planned) -> None:
    """Put a body in the place of an API's own."""
    api = making.holder(making.value(resource, "rest_api_id"))
    if api is None:
        making.put_whole(resource)
        return
    for key, value in making.named(resource, "body parameters").items():
        making.extend(api, key, value, resource)


def _method_settings(making: Translation, resource: Planned) -> None:
    """Add the settings of some methods of a stage: `*/*` are all, else a path and a verb."""
    stage = _holder(making, resource, "AWS::ApiGateway::Stage", "rest_api_id stage_name")
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
    route = making.shaped(resource, _ROUTE)
    named = making.value(resource, "target")
    whole = isinstance(named, str) or named is None or "Fn::Join" in named
    called = named if whole else {"Fn::Join": ["/", ["integrations", named]]}
    making.put(resource, "AWS::ApiGatewayV2::Route", {**route, "Target": called})


def _of_integration(_making: Translation, resource: Planned) -> dict[str, Any]:
    """Return what an integration does to the responses of each status."""
    found = {
        str(block.get("status_code")): {
            "ResponseParameters": [
                {"Destination": name, "Source": value} for name, value in mapping(block.get("mappings")).items()
            ]
        }
        for block in items(resource.values.get("response_parameters"))
    }
    return {"ResponseParameters": found} if found else {}


def _limits_of_routes(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the limits of a stage's routes: the provider sends 0 for those that a block does not set.

    It also reads 0 for a stage that has none. If nothing shows that the block is written, both are 0 of that kind: an assumption.
    """
    default: dict[str, Any] = {}
    for block in blocks_of(resource, "default_route_settings"):
        default = _limits(making, resource, block)
    routes = {
        block[0].get("route_key"): _limits(making, resource, block) for block in blocks_of(resource, "route_settings")
    }
    if not any(default.values()) and "id" in resource.values and "default_route_settings" not in resource.expressions:
        return {"RouteSettings": routes, **{f"default_route_settings.{name}": 0 for name in _LIMITS if default}}
    return {"DefaultRouteSettings": default, "RouteSettings": routes}


def _limits(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    return {target: making.argument(resource, name, *block) or 0 for name, target in _LIMITS.items()}


def _holder(making: Translation, resource: Planned, kind: str, arguments: str) -> MarkedMap | None:
    """Return the resource of a type that has the same arguments as another, or the only one that may have them."""
    found = _alike_or_possible(making, resource, kind, arguments)
    return found[0] if len(found) == 1 else None


def _alike_or_possible(making: Translation, resource: Planned, kind: str, arguments: str) -> list[MarkedMap]:
    """Return the resource of a type that has the same arguments as another, or all that may have them."""
    wanted = {target: making.value(resource, name) for name, target in properties(arguments).items()}
    every = [made for made in making.resources.values() if made["Type"] == kind and isinstance(made, MarkedMap)]
    alike = [[_alike(made["Properties"].get(name), value) for name, value in wanted.items()] for made in every]
    same = [made for made, found in zip(every, alike, strict=True) if all(found)]
    possible = [made for made, found in zip(every, alike, strict=True) if False not in found]
    return same[:1] or possible


def _alike(one: Any, other: Any) -> bool | None:
    """Return whether two values are the same; None if one of them is not known."""
    return None if isinstance(one, Unknown) or isinstance(other, Unknown) else one == other


COMPLETIONS: Mapping[str, Completion] = {
    "aws_apigatewayv2_integration": _of_integration,
    "aws_apigatewayv2_stage": _limits_of_routes,
}
MAKERS: Mapping[str, Maker] = {
    "aws_api_gateway_domain_name": _domain_name,
    "aws_api_gateway_integration": _integration,
    "aws_api_gateway_integration_response": _integration_response,
    "aws_api_gateway_method_response": _method_response,
    "aws_api_gateway_rest_api_put": _body,
    "aws_api_gateway_method_settings": _method_settings,
    "aws_api_gateway_usage_plan": _limits_of_methods,
    "aws_apigatewayv2_route": _route,
}
