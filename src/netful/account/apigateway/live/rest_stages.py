"""Stages of REST APIs, and their caches."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import msgspec

from netful.account.apigateway.live.stage_patches import CanaryGiven, patched, stage_deployment, variables
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import conflict
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import at_part, tags
from netful.account.apigateway.shapes import modelled
from netful.account.apigateway.written import put, remove
from netful.engine.usage.throttles import account_limit, begun_with, default_setting
from netful.model.apis.stage import Canary, MethodSetting, Stage
from netful.model.cloud import Cloud

_entry = partial(modelled, "apigateway")


def _stage(site: Site, stage: Stage) -> dict[str, Any]:
    return _entry(
        "Stage",
        stage,
        deploymentId=at_part(site.cloud, stage.deployment_id),
        cacheClusterStatus="AVAILABLE" if stage.cache_cluster_enabled else "NOT_AVAILABLE",
        methodSettings={_key(one): _setting(site.cloud, stage, one) for one in stage.method_settings},
        accessLogSettings=_entry("AccessLogSettings", stage.access_log) if stage.access_log else None,
        canarySettings=_canary(site.cloud, stage.canary) if stage.canary else None,
        tags=tags(site.cloud, stage.id),
        createdDate=site.made(stage.id),
        lastUpdatedDate=site.changed(stage.id),
    )


def _key(setting: MethodSetting) -> str:
    return setting.key or f"{setting.resource_path.replace('/', '~1')}/{setting.http_method}"


def _setting(cloud: Cloud, stage: Stage, setting: MethodSetting) -> dict[str, Any]:
    """Return a setting with AWS's defaults for what it leaves out; those of a throttle are the account's numbers (§3.1)."""
    account = account_limit(cloud.region)
    throttle = {"throttlingRateLimit": account.rate, "throttlingBurstLimit": account.burst}
    return {**throttle, **_DEFAULTS, **_entry("MethodSetting", begun_with(setting, default_setting(stage)))}


_DEFAULTS = {
    "metricsEnabled": False, "loggingLevel": "OFF", "dataTraceEnabled": False, "cachingEnabled": False,
    "cacheTtlInSeconds": 300, "cacheDataEncrypted": False, "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}  # fmt: skip


def _canary(cloud: Cloud, one: Canary) -> dict[str, Any]:
    found = _entry("CanarySettings", one, deploymentId=at_part(cloud, one.deployment_id))
    return {"percentTraffic": 0.0, **found}


def _get_stages(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetStages, for all deployments or one."""
    api, only = lookups.rest_api(site.cloud, wanted), wanted.one("deploymentId")
    deployment = lookups.deployment_with(site.cloud, api.id, only) if only else None
    stages = site.cloud.apis.stages_of(api.id)
    if only:
        stages = tuple(one for one in stages if deployment is not None and one.deployment_id == deployment.id)
    return {"item": [_stage(site, stage) for stage in stages]}


def _get_stage(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetStage."""
    return _stage(site, _named(site, wanted))


def _named(site: Site, wanted: OperationRequest) -> Stage:
    cloud = site.cloud
    return lookups.stage(cloud, wanted, lookups.rest_api(cloud, wanted))


class _Given(msgspec.Struct, rename="camel"):
    """Input of CreateStage."""

    stage_name: Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    deployment_id: str
    description: str | None = None
    cache_cluster_enabled: bool = False
    cache_cluster_size: str | None = None
    variables: dict[str, str] = {}
    canary_settings: CanaryGiven | None = None
    tracing_enabled: bool = False


def _create_stage(site: Site, wanted: OperationRequest) -> Any:
    """CreateStage: for an existing deployment."""
    cloud, given = site.cloud, wanted.given(_Given)
    api = lookups.rest_api(cloud, wanted)
    if lookups.stage_named(cloud, api.id, given.stage_name) is not None:
        raise conflict("Stage already exists")
    canary = given.canary_settings
    at = stage_deployment(cloud, api.id, canary.deployment_id) if canary and canary.deployment_id else None
    stage = Stage(
        id=f"{api.id}.{given.stage_name}",
        api_id=api.id,
        stage_name=given.stage_name,
        deployment_id=stage_deployment(cloud, api.id, given.deployment_id),
        variables=variables(given.variables),
        cache_cluster_enabled=given.cache_cluster_enabled,
        cache_cluster_size=given.cache_cluster_size,
        canary=canary.canary(at) if canary else None,
        tracing_enabled=given.tracing_enabled,
        description=given.description,
        origin=api.origin,
    )
    put(site, "stages", stage, wanted.body.get("tags"))
    return _stage(site, stage)


def _delete_stage(site: Site, wanted: OperationRequest) -> None:
    """DeleteStage; usage plans lose it too."""
    remove_stage(site, _named(site, wanted))


def remove_stage(site: Site, gone: Stage) -> None:
    """Remove a stage, also from the usage plans that open it."""
    remove(site, "stages", gone.id)
    opened = (gone.api_id, gone.stage_name)
    for plan in site.cloud.apis.usage_plans.values():
        kept = tuple(one for one in plan.stages if (one.api_id, one.stage_name) != opened)
        if kept != plan.stages:
            put(site, "usage_plans", replace(plan, stages=kept))


def _update_stage(site: Site, wanted: OperationRequest) -> Any:
    """Apply all patches of UpdateStage, or none."""
    before = stage = _named(site, wanted)
    for patch in patches(wanted):
        stage = patched(site.cloud, stage, patch)
    put(site, "stages", stage)
    if _cluster(before) != _cluster(stage):  # a cache of another size begins empty (§4)
        site.emptied.append(stage.id)
    return _stage(site, stage)


def _cluster(stage: Stage) -> tuple[object, ...]:
    return stage.cache_cluster_enabled, stage.cache_cluster_size


async def _flush_stage_cache(site: Site, wanted: OperationRequest) -> None:
    """Empty the cache of a stage (FlushStageCache)."""
    await site.flush(_named(site, wanted).id)


async def _flush_stage_authorizers_cache(site: Site, wanted: OperationRequest) -> None:
    """Forget the results of the authorizers of a stage (FlushStageAuthorizersCache)."""
    await site.flush(_named(site, wanted).id, authorizers=True)


_STAGE = "/restapis/{api}/stages/{stage}"
OPERATIONS = (
    Operation("GET", "/restapis/{api}/stages", _get_stages),
    Operation("GET", _STAGE, _get_stage),
    Change("POST", "/restapis/{api}/stages", _create_stage, 201),
    Change("DELETE", _STAGE, _delete_stage, 202),
    Change("PATCH", _STAGE, _update_stage),
    Operation("DELETE", _STAGE + "/cache/data", _flush_stage_cache, 202),
    Operation("DELETE", _STAGE + "/cache/authorizers", _flush_stage_authorizers_cache, 202),
)
