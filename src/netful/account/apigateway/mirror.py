"""Resources of what the live gateway changes: stages, deployments, usage plans with their keys, API keys.

The operations of `gateway.control` change things of the model. Their resources follow here, so that the account contains
them: for tags, for an export, and for a stack that is deployed again. A reader returns the same thing from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import is_newer, rewritten, tag_list
from netful.account.changes import Edit, Put, Remove, new
from netful.gateway.calls.context import route_key
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.representation import known
from netful.gateway.control.operations.site import Change, Site
from netful.model.apis.api import ApiRoute, HttpApi, Protocol
from netful.model.apis.stage import ANY, Deployment, MethodSetting, Stage
from netful.model.apis.usage import ApiKey, Throttle, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

_PLAN_KEY = "AWS::ApiGateway::UsagePlanKey"
_SETTINGS = {
    "throttling_rate_limit": "ThrottlingRateLimit",
    "throttling_burst_limit": "ThrottlingBurstLimit",
    "caching_enabled": "CachingEnabled",
    "cache_ttl_in_seconds": "CacheTtlInSeconds",
    "cache_data_encrypted": "CacheDataEncrypted",
    "require_authorization_for_cache_control": "RequireAuthorizationForCacheControl",
    "unauthorized_cache_control_header_strategy": "UnauthorizedCacheControlHeaderStrategy",
    "logging_level": "LoggingLevel",
    "data_trace_enabled": "DataTraceEnabled",
    "metrics_enabled": "MetricsEnabled",
}


def mirroring(operation: Change) -> Change:
    """Return an operation after which the resources are those of the things that it changed."""

    def does(site: Site, wanted: OperationRequest) -> Any:
        before = site.cloud
        answer = operation.does(site, wanted)
        tags = wanted.body.get("tags")
        site.cloud = mirrored(before, site.cloud, tags if isinstance(tags, dict) else None)
        return answer if tags is None or not isinstance(answer, dict) else {**answer, "tags": tags}

    return Change(operation.method, operation.path, does, operation.status, named=operation.name)


def mirrored(before: Cloud, cloud: Cloud, tags: Mapping[str, Any] | None = None) -> Cloud:
    """Return a cloud with the resources of its changed things; new ones get tags."""
    resources = {**cloud.template.resources}
    for edit in _edits(before, cloud, tags):
        if isinstance(edit, Put):
            resources[edit.resource.id] = edit.resource
        else:
            resources.pop(edit.id, None)
    return cloud.having(resources=resources)


def _edits(before: Cloud, cloud: Cloud, tags: Mapping[str, Any] | None) -> Iterator[Edit]:
    for part, written in _PARTS.items():
        old, now = before.part(part), cloud.part(part)
        for id_ in old.keys() - now.keys():
            resource = cloud.template.resources.get(id_)
            if resource is not None and resource.type == written(before, old[id_])[0]:
                yield Remove(id_)
        for id_, thing in now.items():
            if thing is not old.get(id_):
                yield from _edit(cloud, thing, *written(cloud, thing), tags if id_ not in old else None)
    yield from _plan_keys(before, cloud)


def _edit(
    cloud: Cloud, thing: Any, kind: str, own: Mapping[str, Any], tags: Mapping[str, Any] | None
) -> Iterator[Edit]:
    resource = cloud.template.resources.get(thing.id)
    if resource is None:
        tagged = ({"Tags": tags} if is_newer(kind) else tag_list({"Tags": tags})) if tags else {}
        yield new(kind, thing.id, {**own, **tagged})
    elif resource.type == kind:  # a stage that its deployment describes has no resource of its own
        yield rewritten(resource, {**_others(resource, kind), **own})


def _others(resource: Resource, kind: str) -> dict[str, Any]:
    """Return the properties that no thing has: its tags, and what the model leaves out."""
    return {name: value for name, value in resource.properties.items() if name not in _WRITTEN[kind]}


# --- things as properties ---------------------------------------------------------------------------------------------


def _stage(cloud: Cloud, stage: Stage) -> tuple[str, dict[str, Any]]:
    api = cloud.apis.http_apis.get(str(stage.api_id))
    return ("AWS::ApiGatewayV2::Stage", _http_stage(api, stage)) if api else ("AWS::ApiGateway::Stage", _rest(stage))


def _rest(stage: Stage) -> dict[str, Any]:
    canary, log = stage.canary, stage.access_log
    return known(
        RestApiId=stage.api_id,
        StageName=stage.stage_name,
        DeploymentId=stage.deployment_id,
        Description=stage.description,
        Variables=dict(stage.variables) or None,
        MethodSettings=[_method_setting(one) for one in stage.method_settings] or None,
        CacheClusterEnabled=stage.cache_cluster_enabled,
        CacheClusterSize=stage.cache_cluster_size,
        TracingEnabled=stage.tracing_enabled,
        AccessLogSetting=known(DestinationArn=log.destination_arn, Format=log.format) if log else None,
        CanarySetting=known(
            PercentTraffic=canary.percent_traffic,
            DeploymentId=canary.deployment_id,
            StageVariableOverrides=dict(canary.stage_variable_overrides) or None,
            UseStageCache=canary.use_stage_cache,
        )
        if canary
        else None,
    )


def _method_setting(one: MethodSetting) -> dict[str, Any]:
    path = "/*" if one.resource_path == ANY else one.resource_path
    return {"ResourcePath": path, "HttpMethod": one.http_method, **_set(one)}


def _set(one: MethodSetting) -> dict[str, Any]:
    return known(**{name: getattr(one, field) for field, name in _SETTINGS.items()})


def _http_stage(api: HttpApi, stage: Stage) -> dict[str, Any]:
    log = stage.access_log
    settings = {_route(api, one): _route_settings(one) for one in stage.method_settings}
    whole = settings.pop("", None)
    return known(
        ApiId=stage.api_id,
        StageName=stage.stage_name,
        DeploymentId=stage.deployment_id,
        Description=stage.description,
        StageVariables=dict(stage.variables) or None,
        DefaultRouteSettings=whole or None,
        RouteSettings=settings or None,
        AutoDeploy=stage.auto_deploy,
        AccessLogSettings=known(DestinationArn=log.destination_arn, Format=log.format) if log else None,
    )


def _route(api: HttpApi, one: MethodSetting) -> str:
    """Return the key of the route of a setting; "" for all routes."""
    if (one.resource_path, one.http_method) == (ANY, ANY):
        return ""
    is_key = api.protocol is Protocol.WEBSOCKET
    return one.resource_path if is_key else route_key(ApiRoute("", one.http_method, one.resource_path))


def _route_settings(one: MethodSetting) -> dict[str, Any]:
    return {"DetailedMetricsEnabled" if name == "MetricsEnabled" else name: value for name, value in _set(one).items()}


def _deployment(cloud: Cloud, one: Deployment) -> tuple[str, dict[str, Any]]:
    newer = str(one.api_id) in cloud.apis.http_apis
    own = known(**{"ApiId" if newer else "RestApiId": one.api_id, "Description": one.description})
    return ("AWS::ApiGatewayV2::Deployment" if newer else "AWS::ApiGateway::Deployment"), own


def _api_key(_cloud: Cloud, one: ApiKey) -> tuple[str, dict[str, Any]]:
    own = known(Name=one.name, Value=one.value, Enabled=one.enabled, Description=one.description)
    return "AWS::ApiGateway::ApiKey", own


def _usage_plan(_cloud: Cloud, one: UsagePlan) -> tuple[str, dict[str, Any]]:
    stages = [
        known(ApiId=stage.api_id, Stage=stage.stage_name, Throttle=_by_method(stage.methods) or None)
        for stage in one.stages
    ]
    quota = one.quota
    own = known(
        UsagePlanName=one.name,
        Description=one.description,
        ApiStages=stages or None,
        Throttle=_throttle(one.throttle) if one.throttle else None,
        Quota=known(Limit=quota.limit, Period=quota.period, Offset=quota.offset) if quota else None,
    )
    return "AWS::ApiGateway::UsagePlan", own


def _by_method(methods: Mapping[tuple[str, str], Throttle]) -> dict[str, Any]:
    return {f"{path}/{method}": _throttle(limits) for (path, method), limits in methods.items()}


def _throttle(one: Throttle) -> dict[str, Any]:
    return known(RateLimit=one.rate_limit, BurstLimit=one.burst_limit)


def _plan_keys(before: Cloud, cloud: Cloud) -> Iterator[Edit]:
    """Yield the edits of the resources that bind keys to plans."""
    old, now = _bound(before), _bound(cloud)
    for one in cloud.template.resources.values():
        if one.type == _PLAN_KEY and _place(one) in old - now:
            yield Remove(one.id)
    for plan_id, key_id in sorted(now - old):
        own = {"UsagePlanId": plan_id, "KeyId": key_id, "KeyType": "API_KEY"}
        yield new(_PLAN_KEY, f"{plan_id}.{key_id}", own)


def _bound(cloud: Cloud) -> set[tuple[str, str]]:
    return {(plan.id, str(key_id)) for plan in cloud.apis.usage_plans.values() for key_id in plan.key_ids}


def _place(one: Resource) -> tuple[str, str]:
    return str(one.properties.get("UsagePlanId")), str(one.properties.get("KeyId"))


_PARTS: Mapping[str, Callable[[Cloud, Any], tuple[str, dict[str, Any]]]] = {
    "stages": _stage,
    "deployments": _deployment,
    "api_keys": _api_key,
    "usage_plans": _usage_plan,
}
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Stage": (
        "RestApiId", "StageName", "DeploymentId", "Description", "Variables", "MethodSettings", "CacheClusterEnabled",
        "CacheClusterSize", "TracingEnabled", "AccessLogSetting", "CanarySetting",
    ),
    "AWS::ApiGatewayV2::Stage": (
        "ApiId", "StageName", "DeploymentId", "Description", "StageVariables", "DefaultRouteSettings", "RouteSettings",
        "AutoDeploy", "AccessLogSettings",
    ),
    "AWS::ApiGateway::Deployment": ("Description",),
    "AWS::ApiGatewayV2::Deployment": ("Description",),
    "AWS::ApiGateway::ApiKey": ("Name", "Value", "Enabled", "Description"),
    "AWS::ApiGateway::UsagePlan": ("UsagePlanName", "Description", "ApiStages", "Throttle", "Quota"),
}  # fmt: skip
"""The properties that follow from a thing, by type."""
