"""Stages of REST APIs, and their caches."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec

from netful.engine.usage.throttles import account_limit, begun_with, default_setting
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import conflict
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.representation import at_part, known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.gateway.control.rest.stage_patches import patched, stage_deployment, variable_value
from netful.model.apis.stage import AccessLog, Canary, MethodSetting, Stage
from netful.model.cloud import Cloud


def stage_entry(site: Site, stage: Stage) -> dict[str, Any]:
    """Return a stage as GetStage has it."""
    settings = {_key(one): _setting(site.cloud, stage, one) for one in stage.method_settings}
    return known(
        deploymentId=at_part(site.cloud, stage.deployment_id),
        stageName=stage.stage_name,
        description=stage.description,
        cacheClusterEnabled=stage.cache_cluster_enabled,
        cacheClusterSize=stage.cache_cluster_size,
        cacheClusterStatus="AVAILABLE" if stage.cache_cluster_enabled else "NOT_AVAILABLE",
        methodSettings=settings,
        variables=stage.variables or None,
        accessLogSettings=_access_log(stage.access_log),
        canarySettings=_canary(site.cloud, stage.canary) if stage.canary else None,
        tracingEnabled=stage.tracing_enabled,
        tags=tags(site.cloud, stage.id),
        createdDate=site.made(stage.id),
        lastUpdatedDate=site.changed(stage.id),
    )


def _key(setting: MethodSetting) -> str:
    return setting.key or f"{setting.resource_path.replace('/', '~1')}/{setting.http_method}"


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


def _canary(cloud: Cloud, one: Canary) -> dict[str, Any]:
    return known(
        percentTraffic=_or(one.percent_traffic, 0.0),
        deploymentId=at_part(cloud, one.deployment_id),
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


class _CanaryGiven(msgspec.Struct, rename="camel"):
    percent_traffic: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    deployment_id: str | None = None
    stage_variable_overrides: dict[str, str] = {}
    use_stage_cache: bool = False


class _Given(msgspec.Struct, rename="camel"):
    """Input of CreateStage."""

    stage_name: Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    deployment_id: str
    description: str | None = None
    cache_cluster_enabled: bool = False
    cache_cluster_size: str | None = None
    variables: dict[str, str] = {}
    canary_settings: _CanaryGiven | None = None
    tracing_enabled: bool = False


def create_stage(site: Site, wanted: OperationRequest) -> Any:
    """CreateStage: for an existing deployment."""
    cloud, given = site.cloud, wanted.given(_Given)
    api = lookups.rest_api(cloud, wanted)
    if lookups.stage_named(cloud, api.id, given.stage_name) is not None:
        raise conflict("Stage already exists")
    canary = given.canary_settings
    stage = Stage(
        id=f"{api.id}.{given.stage_name}",
        api_id=api.id,
        stage_name=given.stage_name,
        deployment_id=stage_deployment(cloud, api.id, given.deployment_id),
        variables={name: variable_value(name, value) for name, value in given.variables.items()},
        cache_cluster_enabled=given.cache_cluster_enabled,
        cache_cluster_size=given.cache_cluster_size,
        canary=_new_canary(cloud, api.id, canary) if canary else None,
        tracing_enabled=given.tracing_enabled,
        description=given.description,
        origin=api.origin,
    )
    site.put("stages", stage)
    return stage_entry(site, stage)


def _new_canary(cloud: Cloud, api_id: str, given: _CanaryGiven) -> Canary:
    deployment = stage_deployment(cloud, api_id, given.deployment_id) if given.deployment_id else None
    return Canary(given.percent_traffic, deployment, given.stage_variable_overrides, given.use_stage_cache)


def delete_stage(site: Site, wanted: OperationRequest) -> None:
    """DeleteStage; usage plans lose it too."""
    remove_stage(site, _named(site, wanted))


def remove_stage(site: Site, gone: Stage) -> None:
    """Remove a stage, also from the usage plans that open it."""
    site.remove("stages", gone.id)
    opened = (gone.api_id, gone.stage_name)
    for plan in site.cloud.apis.usage_plans.values():
        kept = tuple(one for one in plan.stages if (one.api_id, one.stage_name) != opened)
        if kept != plan.stages:
            site.put("usage_plans", replace(plan, stages=kept))


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
    Change("POST", "/restapis/{api}/stages", create_stage, 201),
    Change("DELETE", _STAGE, delete_stage, 202),
    Change("PATCH", _STAGE, update_stage),
    Operation("DELETE", _STAGE + "/cache/data", flush_stage_cache, 202),
    Operation("DELETE", _STAGE + "/cache/authorizers", flush_stage_authorizers_cache, 202),
)
