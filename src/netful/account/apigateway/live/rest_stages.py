"""Stages of REST APIs, and their caches."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from netful.account.apigateway.edits import edit, named, new_id, resource, rewritten
from netful.account.apigateway.kinds import Kind, Properties
from netful.account.apigateway.live.plan_patches import pairs, stages_of
from netful.account.apigateway.live.stage_patches import (
    SETTINGS,
    checked_canary,
    deployment_at,
    patched,
    settings_of,
    variables,
)  # fmt: skip
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site
from netful.account.apigateway.operations.representation import at_part, tags, written
from netful.account.apigateway.shapes import modelled
from netful.account.changes import Put, new, updated
from netful.engine.usage.throttles import account_limit, begun_with, default_setting
from netful.engine.waf.associations import association_of
from netful.model.apis.stage import Canary, MethodSetting, Stage
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true

_entry = partial(modelled, "apigateway")


def _stage(site: Site, _wanted: OperationRequest, stage: Stage) -> dict[str, Any]:
    one = site.cloud.template.resources.get(stage.id)
    settings = settings_of(one.properties) if one else {}
    protection = association_of(site.cloud, stage)
    return _entry(
        "Stage",
        stage,
        deploymentId=at_part(site.cloud, stage.deployment_id),
        cacheClusterStatus="AVAILABLE" if stage.cache_cluster_enabled else "NOT_AVAILABLE",
        methodSettings={
            _key(one): _setting(site.cloud, stage, one)
            | _unlimited(settings.get((one.resource_path, one.http_method), {}))
            for one in stage.method_settings
        },
        accessLogSettings=_entry("AccessLogSettings", stage.access_log) if stage.access_log else None,
        canarySettings=_canary(site.cloud, stage.canary) if stage.canary else None,
        tags=tags(site.cloud, stage.id),
        webAclArn=site.cloud.aws_id(str(protection.web_acl_arn)) if protection else None,
        documentationVersion=written(site.cloud, stage.id, "DocumentationVersion"),
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


def _unlimited(written: Properties) -> dict[str, int]:
    """Return the limits that are written as -1, which is not a limit; Terraform looks for them."""
    names = {"throttlingRateLimit": "ThrottlingRateLimit", "throttlingBurstLimit": "ThrottlingBurstLimit"}
    return {member: -1 for member, name in names.items() if str(written.get(name)) in ("-1", "-1.0")}


_DEFAULTS = {
    "metricsEnabled": False, "loggingLevel": "OFF", "dataTraceEnabled": False, "cachingEnabled": False,
    "cacheTtlInSeconds": 300, "cacheDataEncrypted": False, "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}  # fmt: skip


def _canary(cloud: Cloud, one: Canary) -> dict[str, Any]:
    found = _entry("CanarySettings", one, deploymentId=at_part(cloud, one.deployment_id))
    return {"percentTraffic": 0.0, **found}


def _stages(site: Site, wanted: OperationRequest) -> tuple[Stage, ...]:
    return site.cloud.apis.stages_of(lookups.rest_api(site.cloud, wanted).id)


def _get_stages(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetStages, for all deployments or one; it has no pages."""
    api, only = lookups.rest_api(site.cloud, wanted), wanted.one("deploymentId")
    deployment = lookups.deployment_with(site.cloud, api.id, only) if only else None
    stages = [one for one in _stages(site, wanted) if not only or (deployment and one.deployment_id == deployment.id)]
    return {"item": [_stage(site, wanted, stage) for stage in stages]}


def owner(site: Site, wanted: OperationRequest) -> Properties:
    """Return the property that names the API of a path."""
    api = resource(site.cloud, lookups.rest_api(site.cloud, wanted).id)
    return {"RestApiId": site.cloud.aws_id(api.id)}


def _checked(site: Site, wanted: OperationRequest, own: Properties, id_: str) -> Properties:
    cloud, name = site.cloud, str(own.get("StageName", ""))
    if id_:
        if _cluster(own) != _cluster(cloud.template.resources[id_].properties):
            site.emptied.append(id_)  # a cache of another size begins empty (§4)
        return own
    if _NAME.fullmatch(name) is None:
        raise bad_request(f"Invalid request input: stageName must match {_NAME.pattern}")
    if lookups.stage_named(cloud, lookups.rest_api(cloud, wanted).id, name) is not None:
        raise conflict("Stage already exists")
    variables(own.get("Variables", {}))
    canary = {"CanarySetting": checked_canary(cloud, own, own["CanarySetting"])} if "CanarySetting" in own else {}
    return {**own, **canary, "DeploymentId": deployment_at(cloud, own, str(own.get("DeploymentId")))}


def _cluster(stage: Properties) -> tuple[object, ...]:
    return is_true(stage.get("CacheClusterEnabled")), str(stage.get("CacheClusterSize"))


def stage_resource(site: Site, stage: Stage) -> Resource:
    """Return the resource of a stage; a stage that its deployment describes becomes a resource of its own."""
    one = resource(site.cloud, stage.id)
    if one.type == TYPE:
        return one
    own = {**one.properties.get("StageDescription", {})}
    of_all = {name: own.pop(name) for name, _ in SETTINGS.values() if name in own}
    settings = [{"ResourcePath": "/*", "HttpMethod": "*", **of_all}] if of_all else []
    place = {name: one.properties[name] for name in ("RestApiId", "StageName")}
    settings += own.get("MethodSettings", ())
    own |= {**place, "DeploymentId": site.cloud.aws_id(one.id), "MethodSettings": settings}
    made = new(TYPE, new_id(), own).resource
    edit(site, rewritten(one, {**one.properties, "StageName": None, "StageDescription": None}), Put(made))
    return made


def shut(cloud: Cloud, api_id: str, name: str = "") -> Iterator[Put]:
    """Yield the edits that shut the stages of an API, or one of them, in the usage plans which open it."""
    for plan in cloud.template.of_type("AWS::ApiGateway::UsagePlan"):
        stages = stages_of(plan.properties)
        opened = zip(stages, pairs(cloud, plan.properties), strict=True)
        kept = [one for one, pair in opened if pair[0] != api_id or (name and pair[1] != name)]
        if len(kept) < len(stages):
            yield updated(plan, ApiStages=kept)


def _shut(site: Site, one: Resource) -> Iterable[Resource]:
    api, stage = named(site.cloud, one.properties["RestApiId"]), str(one.properties["StageName"])
    mappings = site.cloud.apis.base_path_mappings.values()
    if any((mapping.api_id, mapping.stage_name) == (api, stage) for mapping in mappings):
        advice = "Please remove all base path mappings related to the stage in your domain before deleting the stage."
        raise bad_request(f"Deleting stage {stage} failed. {advice}")
    edit(site, *shut(site.cloud, api, stage))
    return ()


async def _flush_stage_cache(site: Site, wanted: OperationRequest) -> None:
    """Empty the cache of a stage (FlushStageCache)."""
    await site.flush(_KIND.of(site, wanted).id)


async def _flush_stage_authorizers_cache(site: Site, wanted: OperationRequest) -> None:
    """Forget the results of the authorizers of a stage (FlushStageAuthorizersCache)."""
    await site.flush(_KIND.of(site, wanted).id, authorizers=True)


TYPE = "AWS::ApiGateway::Stage"
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_KIND = Kind(
    "Stage", TYPE, "stage", _stages, _stage, owner, "Invalid stage identifier specified", _checked, _shut, "StageName",
    lambda _cloud, one: (one.stage_name,), lambda site, _wanted, one: stage_resource(site, one), patch=patched,
    names={"canarySettings": "CanarySetting"},
)  # fmt: skip
OPERATIONS = (
    *_KIND.operations(),
    Operation(_get_stages),
    Operation(_flush_stage_cache),
    Operation(_flush_stage_authorizers_cache),
)
