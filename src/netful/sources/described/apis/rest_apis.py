"""REST APIs of a description: methods, stages, authorizers, gateway responses, usage plans and their keys."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Unknown
from netful.sources.described.apis.parts import each, not_described, pascal, policy, without
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item


def declarations(description: Description) -> Iterator[Declaration]:
    """Yield the APIs with their parts, and the usage plans."""
    for item in description.of("apigateway.RestApis"):
        yield item.text("id"), "AWS::ApiGateway::RestApi", item, _rest_api(description, item)
    for api_id, item in each(description, "apigateway.Resources"):
        yield from _rest_resource(description, api_id, item)
    for api_id, item in each(description, "apigateway.Stages"):
        id_ = f"{api_id}/{item.text('stageName')}"
        yield id_, "AWS::ApiGateway::Stage", item, _rest_stage(api_id, item)
    for item in without(description, "apigateway.RestApis", "id", "apigateway.Stages"):
        api_id = item.text("id")
        name = not_described(f"the stages of {api_id} (`aws apigateway get-stages --rest-api-id {api_id}`)")
        yield f"{api_id}/stages", "AWS::ApiGateway::Stage", item, {"RestApiId": api_id, "StageName": name}
    for api_id, item in each(description, "apigateway.Authorizers"):
        ttl = item.data.get("authorizerResultTtlInSeconds")
        properties = pascal(item.data) | {"RestApiId": api_id, "AuthorizerResultTtlInSeconds": ttl}
        yield (
            item.text("id"),
            "AWS::ApiGateway::Authorizer",
            item,
            properties | {"ProviderARNs": item.data.get("providerARNs")},
        )
    for api_id, item in each(description, "apigateway.GatewayResponses"):
        if not item.flag("defaultResponse"):
            kind = item.text("responseType")
            yield (
                f"{api_id}/{kind}",
                "AWS::ApiGateway::GatewayResponse",
                item,
                pascal(item.data) | {"RestApiId": api_id},
            )
    for item in description.of("apigateway.UsagePlans"):
        stages = [_plan_stage(part) for part in item.parts("apiStages")]
        limits = {name: pascal(item.part(name.lower()).data) or None for name in ("Throttle", "Quota")}
        properties = pascal(item.data) | {"UsagePlanName": item.text("name"), "ApiStages": stages} | limits
        yield item.text("id"), "AWS::ApiGateway::UsagePlan", item, properties
    yield from _plan_keys(description)


def _plan_keys(description: Description) -> Iterator[Declaration]:
    """Yield the keys of each plan; those of a plan whose keys were not described are unknown."""
    kind = "AWS::ApiGateway::UsagePlanKey"
    for plan_id, item in each(description, "apigateway.UsagePlanKeys"):
        properties = {"UsagePlanId": plan_id, "KeyId": item.text("id"), "KeyType": "API_KEY"}
        yield f"{plan_id}/{item.text('id')}", kind, item, properties
    asked = {group.text("id") for group in description.of("apigateway.UsagePlanKeys")}
    for plan in description.of("apigateway.UsagePlans"):
        id_ = plan.text("id")
        if id_ not in asked:
            needed = f"the keys of {id_} (`aws apigateway get-usage-plan-keys --usage-plan-id {id_}`)"
            keys = Unknown("the plan's keys were not described", (needed,))
            yield f"{id_}/keys", kind, plan, {"UsagePlanId": id_, "KeyId": keys, "KeyType": "API_KEY"}


def _rest_api(description: Description, item: Item) -> dict[str, Any]:
    endpoint = item.part("endpointConfiguration")
    properties = pascal(item.data) | {
        "ApiKeySourceType": item.data.get("apiKeySource"),
        "EndpointConfiguration": {
            "Types": list(endpoint.texts("types")) or ["EDGE"],
            "IpAddressType": endpoint.data.get("ipAddressType"),
            "VpcEndpointIds": list(endpoint.texts("vpcEndpointIds")) or None,
        },
        "Policy": policy(item.text("policy")),
        "Tags": None,
    }
    parts = [part for id_, part in each(description, "apigateway.Resources") if id_ == item.text("id")]
    bare = not parts or any(method == {} for part in parts for method in part.part("resourceMethods").data.values())
    if bare:
        needed = f"the methods of {item.text('id')} (`aws apigateway get-resources --embed methods`)"
        properties["Body"] = Unknown("its methods were not described", (needed,))
    return properties


def _rest_resource(description: Description, api_id: str, item: Item) -> Iterator[Declaration]:
    roots = {part.text("id") for id_, part in each(description, "apigateway.Resources") if part.text("path") == "/"}

    def placed(id_: str) -> str:
        return f"{api_id}.root" if id_ in roots else id_

    own = placed(item.text("id"))
    if item.text("path") != "/":
        properties = {"RestApiId": api_id, "ParentId": placed(item.text("parentId")), "PathPart": item.text("pathPart")}
        yield own, "AWS::ApiGateway::Resource", item, properties
    for verb, method in item.part("resourceMethods").data.items():
        if isinstance(method, Mapping) and method:
            properties = _method(Item(method, item.origin)) | {
                "RestApiId": api_id,
                "ResourceId": own,
                "HttpMethod": verb,
            }
            yield f"{api_id}/{item.text('id')}/{verb}", "AWS::ApiGateway::Method", item, properties


def _method(item: Item) -> dict[str, Any]:
    integration = item.part("methodIntegration")
    written = pascal(integration.data) | {
        "IntegrationHttpMethod": integration.data.get("httpMethod"),
        "TlsConfig": pascal(integration.part("tlsConfig").data) or None,
        "IntegrationResponses": [pascal(each) for each in integration.part("integrationResponses").data.values()],
    }
    responses = [pascal(each) for each in item.part("methodResponses").data.values()]
    return pascal(item.data) | {"Integration": written if integration.data else None, "MethodResponses": responses}


def _rest_stage(api_id: str, item: Item) -> dict[str, Any]:
    settings = [_setting(key, value) for key, value in item.part("methodSettings").data.items()]
    log = item.part("accessLogSettings")
    return pascal(item.data) | {
        "RestApiId": api_id,
        "MethodSettings": settings,
        "CanarySetting": pascal(item.part("canarySettings").data) or None,
        "AccessLogSetting": pascal(log.data) or None,
        "CacheClusterSize": item.data.get("cacheClusterSize"),
    }


def _setting(key: str, value: Any) -> dict[str, Any]:
    """Return the settings of methods, whose path has no slash before it and others escaped: `~1orders~1{id}/GET`."""
    path, _, method = key.rpartition("/")
    whole = "/*" if path == "*" else f"/{path.replace('~1', '/').lstrip('/')}"
    return pascal(value) | {"ResourcePath": whole, "HttpMethod": method}


def _plan_stage(item: Item) -> dict[str, Any]:
    throttles = {key: pascal(value) for key, value in item.part("throttle").data.items()}
    return {"ApiId": item.text("apiId"), "Stage": item.text("stage"), "Throttle": throttles}
