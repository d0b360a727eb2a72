"""Stages of REST APIs, and their caches."""

from __future__ import annotations

from typing import Any

from netful.engine.usage.throttles import account_limit, begun_with, default_setting
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.representation import known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.gateway.control.rest.stage_patches import patched
from netful.model.apis.stage import AccessLog, Canary, MethodSetting, Stage
from netful.model.cloud import Cloud
from netful.model.identity import short_id


def stage_entry(site: Site, stage: Stage) -> dict[str, Any]:
    """Return a stage as GetStage has it."""
    settings = {_key(one): _setting(site.cloud, stage, one) for one in stage.method_settings}
    return known(
        deploymentId=shown_deployment_id(stage.deployment_id),
        stageName=stage.stage_name,
        description=stage.description,
        cacheClusterEnabled=stage.cache_cluster_enabled,
        cacheClusterSize=stage.cache_cluster_size,
        cacheClusterStatus="AVAILABLE" if stage.cache_cluster_enabled else "NOT_AVAILABLE",
        methodSettings=settings,
        variables=stage.variables or None,
        accessLogSettings=_access_log(stage.access_log),
        canarySettings=_canary(stage.canary) if stage.canary else None,
        tracingEnabled=stage.tracing_enabled,
        tags=tags(site.cloud, stage.id),
        createdDate=site.made(stage.id),
        lastUpdatedDate=site.changed(stage.id),
    )


def shown_deployment_id(deployment_id: object) -> str | None:
    """Return the id of a deployment as AWS writes it."""
    return short_id(deployment_id) if isinstance(deployment_id, str) else None


def _key(setting: MethodSetting) -> str:
    return f"{setting.resource_path.replace('/', '~1')}/{setting.http_method}"


def _setting(cloud: Cloud, stage: Stage, setting: MethodSetting) -> dict[str, Any]:
    """Return a setting with AWS's defaults for what it leaves out; those of a throttle are the account's numbers (§3.1)."""
    all_of_it, account = begun_with(setting, default_setting(stage)), account_limit(cloud.region)
    return known(
        metricsEnabled=bool(all_of_it.metrics_enabled),
        loggingLevel=all_of_it.logging_level or "OFF",
        dataTraceEnabled=bool(all_of_it.data_trace_enabled),
        throttlingRateLimit=_or(all_of_it.throttling_rate_limit, account.rate),
        throttlingBurstLimit=_or(all_of_it.throttling_burst_limit, account.burst),
        cachingEnabled=bool(all_of_it.caching_enabled),
        cacheTtlInSeconds=_or(all_of_it.cache_ttl_in_seconds, 300),
        cacheDataEncrypted=bool(all_of_it.cache_data_encrypted),
        requireAuthorizationForCacheControl=all_of_it.require_authorization_for_cache_control is not False,
        unauthorizedCacheControlHeaderStrategy=(
            all_of_it.unauthorized_cache_control_header_strategy or "SUCCEED_WITH_RESPONSE_HEADER"
        ),
    )


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _access_log(one: AccessLog | None) -> dict[str, Any] | None:
    return known(destinationArn=one.destination_arn, format=one.format) if one else None


def _canary(one: Canary) -> dict[str, Any]:
    return known(
        percentTraffic=_or(one.percent_traffic, 0.0),
        deploymentId=shown_deployment_id(one.deployment_id),
        stageVariableOverrides=one.stage_variable_overrides or None,
        useStageCache=one.use_stage_cache,
    )


def get_stages(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetStages, for all deployments or one."""
    api, only = lookups.rest_api(site.cloud, wanted), wanted.one("deploymentId")
    deployment = lookups.deployment_with(site.cloud, api.id, only) if only else None
    stages = site.cloud.apis.stages_of(api.id)
    if only:
        stages = tuple(one for one in stages if deployment is not None and one.deployment_id == deployment.id)
    return {"item": [stage_entry(site, stage) for stage in stages]}


def get_stage(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetStage."""
    return stage_entry(site, _named(site, wanted))


def _named(site: Site, wanted: OperationRequest) -> Stage:
    cloud = site.cloud
    return lookups.stage(cloud, wanted, lookups.rest_api(cloud, wanted))


def update_stage(site: Site, wanted: OperationRequest) -> Any:
    """Apply all patches of UpdateStage, or none."""
    before = stage = _named(site, wanted)
    for patch in patches(wanted):
        stage = patched(site.cloud, stage, patch)
    site.put("stages", stage)
    if _cluster(before) != _cluster(stage):  # a cache of another size begins empty (§4)
        site.emptied.append(stage.id)
    return stage_entry(site, stage)


def _cluster(stage: Stage) -> tuple[object, ...]:
    return stage.cache_cluster_enabled, stage.cache_cluster_size


async def flush_stage_cache(site: Site, wanted: OperationRequest) -> None:
    """Empty the cache of a stage (FlushStageCache)."""
    await site.flush(_named(site, wanted).id)


async def flush_stage_authorizers_cache(site: Site, wanted: OperationRequest) -> None:
    """Forget the results of the authorizers of a stage (FlushStageAuthorizersCache)."""
    await site.flush(_named(site, wanted).id, authorizers=True)


_STAGE = "/restapis/{api}/stages/{stage}"
OPERATIONS = (
    Operation("GET", "/restapis/{api}/stages", get_stages),
    Operation("GET", _STAGE, get_stage),
    Change("PATCH", _STAGE, update_stage),
    Operation("DELETE", _STAGE + "/cache/data", flush_stage_cache, 202),
    Operation("DELETE", _STAGE + "/cache/authorizers", flush_stage_authorizers_cache, 202),
)
