"""Stages and deployments of REST APIs, and usage plans, with their resources.

Operations change these things of the model. Their resources follow, so that the account contains them: for tags, for an export,
and for a stack that is deployed again. A reader returns the same thing from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import rewritten, tag_list
from netful.account.apigateway.operations.operation import Site
from netful.account.apigateway.operations.representation import at_aws, known
from netful.account.apigateway.shapes import as_properties
from netful.account.changes import new
from netful.model.apis.stage import ANY, Deployment, MethodSetting, Stage
from netful.model.apis.usage import Throttle, UsagePlan
from netful.model.cloud import Cloud

_SERVICE = "apigateway"


def _stage(cloud: Cloud, stage: Stage) -> dict[str, Any]:
    canary, log = stage.canary, stage.access_log
    deployment = at_aws(cloud, canary.deployment_id) if canary else None
    return dict(
        **as_properties(_SERVICE, "Stage", stage, deploymentId=at_aws(cloud, stage.deployment_id), methodSettings=None),
        RestApiId=at_aws(cloud, stage.api_id),
        MethodSettings=[_method_setting(one) for one in stage.method_settings] or None,
        AccessLogSetting=as_properties(_SERVICE, "AccessLogSettings", log) if log else None,
        CanarySetting=as_properties(_SERVICE, "CanarySettings", canary, deploymentId=deployment) if canary else None,
    )


def _method_setting(one: MethodSetting) -> dict[str, Any]:
    path = "/*" if one.resource_path == ANY else one.resource_path
    return {"ResourcePath": path, "HttpMethod": one.http_method, **as_properties(_SERVICE, "MethodSetting", one)}


def _deployment(cloud: Cloud, one: Deployment) -> dict[str, Any]:
    return {"RestApiId": at_aws(cloud, one.api_id), "Description": one.description}


def _usage_plan(cloud: Cloud, one: UsagePlan) -> dict[str, Any]:
    stages = [
        known(ApiId=at_aws(cloud, stage.api_id), Stage=stage.stage_name, Throttle=_by_method(stage.methods) or None)
        for stage in one.stages
    ]
    own = as_properties(_SERVICE, "UsagePlan", one, id=None, name=None)
    return {**own, "UsagePlanName": one.name, "ApiStages": stages or None}


def _by_method(methods: Mapping[tuple[str, str], Throttle]) -> dict[str, Any]:
    return {
        f"{path}/{method}": as_properties(_SERVICE, "ThrottleSettings", limits)
        for (path, method), limits in methods.items()
    }


def put(site: Site, part: str, thing: Any, tags: Any = None) -> None:
    """Put a thing into a part of the cloud, in place of one with the same id, and its resource; a new one gets tags."""
    site.put(part, thing)
    type_, written = _WRITERS[part]
    own, resources = known(**written(site.cloud, thing)), site.cloud.template.resources
    there = resources.get(thing.id)
    if there is None:
        made = new(type_, thing.id, tag_list({**own, "Tags": tags}) if tags else own).resource
        there = replace(made, depends_on=thing.depends_on) if isinstance(thing, Deployment) else made
    elif there.type == type_:  # a stage that its deployment describes has no resource of its own
        others = {name: value for name, value in there.properties.items() if name not in _PROPERTIES[part]}
        there = rewritten(there, {**others, **own}).resource
    site.cloud = site.cloud.having(resources={**resources, there.id: there})


def remove(site: Site, part: str, id_: str) -> None:
    """Remove a thing from a part of the cloud, and its resource."""
    site.remove(part, id_)
    type_, _ = _WRITERS[part]
    kept = {name: one for name, one in site.cloud.template.resources.items() if name != id_ or one.type != type_}
    site.cloud = site.cloud.having(resources=kept)


_WRITERS: Mapping[str, tuple[str, Callable[[Cloud, Any], dict[str, Any]]]] = {
    "stages": ("AWS::ApiGateway::Stage", _stage),
    "deployments": ("AWS::ApiGateway::Deployment", _deployment),
    "usage_plans": ("AWS::ApiGateway::UsagePlan", _usage_plan),
}
_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "stages": (
        "RestApiId", "StageName", "DeploymentId", "Description", "Variables", "MethodSettings", "CacheClusterEnabled",
        "CacheClusterSize", "TracingEnabled", "AccessLogSetting", "CanarySetting",
    ),
    "deployments": ("Description",),
    "usage_plans": ("UsagePlanName", "Description", "ApiStages", "Throttle", "Quota"),
}  # fmt: skip
"""The properties that follow from a thing. Others stay: its tags, and what the model leaves out."""
