"""HTTP and WebSocket APIs of a description: routes, integrations, authorizers and stages."""

from collections.abc import Iterator

from netful.sources.described.apis.parts import each, not_described, without
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration


def declarations(description: Description) -> Iterator[Declaration]:
    """Yield the parts of the APIs."""
    for kind, name in (("Route", "RouteId"), ("Integration", "IntegrationId"), ("Authorizer", "AuthorizerId")):
        for api_id, item in each(description, f"apigatewayv2.{kind}s"):
            yield item.text(name), f"AWS::ApiGatewayV2::{kind}", item, {**item.data, "ApiId": api_id}
    for item in without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Routes"):
        api_id = item.text("ApiId")
        key = not_described(f"the routes of {api_id} (`aws apigatewayv2 get-routes --api-id {api_id}`)")
        yield f"{api_id}/routes", "AWS::ApiGatewayV2::Route", item, {"ApiId": api_id, "RouteKey": key, "Target": key}
    for item in without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Integrations"):
        yield from _unknown_integrations(description, item.text("ApiId"))
    for item in without(description, "apigatewayv2.Apis", "ApiId", "apigatewayv2.Stages"):
        api_id = item.text("ApiId")
        unknown = not_described(f"the stages of {api_id} (`aws apigatewayv2 get-stages --api-id {api_id}`)")
        yield (
            f"{api_id}/stages",
            "AWS::ApiGatewayV2::Stage",
            item,
            {"ApiId": api_id, "StageName": unknown, "AutoDeploy": unknown},
        )
    for api_id, item in each(description, "apigatewayv2.Stages"):
        yield f"{api_id}/{item.text('StageName')}", "AWS::ApiGatewayV2::Stage", item, {**item.data, "ApiId": api_id}


def _unknown_integrations(description: Description, api_id: str) -> Iterator[Declaration]:
    """Yield the integrations to which the routes of an API lead; nothing is known of them."""
    unknown = not_described(f"the integrations of {api_id} (`aws apigatewayv2 get-integrations --api-id {api_id}`)")
    for id_, route in each(description, "apigatewayv2.Routes"):
        name = route.text("Target").removeprefix("integrations/")
        if id_ == api_id and name:
            properties = {"ApiId": api_id, "IntegrationType": unknown, "IntegrationUri": unknown}
            yield name, "AWS::ApiGatewayV2::Integration", route, properties
