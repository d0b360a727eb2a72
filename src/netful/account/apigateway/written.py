"""Stages, deployments, usage plans and API keys, written as the properties of their resources."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.gateway.calls.context import route_key
from netful.gateway.control.operations.representation import at_aws, known
from netful.model.apis.api import ApiRoute, HttpApi, Protocol
from netful.model.apis.stage import ANY, Deployment, MethodSetting, Stage
from netful.model.apis.usage import ApiKey, Throttle, UsagePlan
from netful.model.cloud import Cloud

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


def _stage(cloud: Cloud, stage: Stage) -> tuple[str, dict[str, Any]]:
    api = cloud.apis.http_apis.get(str(stage.api_id))
    return (
        ("AWS::ApiGatewayV2::Stage", _http_stage(cloud, api, stage))
        if api
        else ("AWS::ApiGateway::Stage", _rest(cloud, stage))
    )


def _rest(cloud: Cloud, stage: Stage) -> dict[str, Any]:
    canary, log = stage.canary, stage.access_log
    return known(
        RestApiId=at_aws(cloud, stage.api_id),
        StageName=stage.stage_name,
        DeploymentId=at_aws(cloud, stage.deployment_id),
        Description=stage.description,
        Variables=dict(stage.variables) or None,
        MethodSettings=[_method_setting(one) for one in stage.method_settings] or None,
        CacheClusterEnabled=stage.cache_cluster_enabled,
        CacheClusterSize=stage.cache_cluster_size,
        TracingEnabled=stage.tracing_enabled,
        AccessLogSetting=known(DestinationArn=log.destination_arn, Format=log.format) if log else None,
        CanarySetting=known(
            PercentTraffic=canary.percent_traffic,
            DeploymentId=at_aws(cloud, canary.deployment_id),
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


def _http_stage(cloud: Cloud, api: HttpApi, stage: Stage) -> dict[str, Any]:
    log = stage.access_log
    settings = {_route(api, one): _route_settings(one) for one in stage.method_settings}
    whole = settings.pop("", None)
    return known(
        ApiId=at_aws(cloud, stage.api_id),
        StageName=stage.stage_name,
        DeploymentId=at_aws(cloud, stage.deployment_id),
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
    own = known(**{"ApiId" if newer else "RestApiId": at_aws(cloud, one.api_id), "Description": one.description})
    return ("AWS::ApiGatewayV2::Deployment" if newer else "AWS::ApiGateway::Deployment"), own


def _api_key(_cloud: Cloud, one: ApiKey) -> tuple[str, dict[str, Any]]:
    own = known(Name=one.name, Value=one.value, Enabled=one.enabled, Description=one.description)
    return "AWS::ApiGateway::ApiKey", own


def _usage_plan(cloud: Cloud, one: UsagePlan) -> tuple[str, dict[str, Any]]:
    stages = [
        known(ApiId=at_aws(cloud, stage.api_id), Stage=stage.stage_name, Throttle=_by_method(stage.methods) or None)
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


WRITERS: Mapping[str, Callable[[Cloud, Any], tuple[str, dict[str, Any]]]] = {
    "stages": _stage,
    "deployments": _deployment,
    "api_keys": _api_key,
    "usage_plans": _usage_plan,
}
PROPERTIES: Mapping[str, tuple[str, ...]] = {
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
