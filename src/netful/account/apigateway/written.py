"""Stages and deployments of REST APIs, and usage plans, written as the properties of their resources."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.apigateway.operations.representation import at_aws, known
from netful.account.apigateway.shapes import as_properties
from netful.model.apis.stage import ANY, Deployment, MethodSetting, Stage
from netful.model.apis.usage import Throttle, UsagePlan
from netful.model.cloud import Cloud

_SERVICE = "apigateway"


def _stage(cloud: Cloud, stage: Stage) -> tuple[str, dict[str, Any]]:
    canary, log = stage.canary, stage.access_log
    deployment = at_aws(cloud, canary.deployment_id) if canary else None
    own = known(
        **as_properties(_SERVICE, "Stage", stage, deploymentId=at_aws(cloud, stage.deployment_id), methodSettings=None),
        RestApiId=at_aws(cloud, stage.api_id),
        MethodSettings=[_method_setting(one) for one in stage.method_settings] or None,
        AccessLogSetting=as_properties(_SERVICE, "AccessLogSettings", log) if log else None,
        CanarySetting=as_properties(_SERVICE, "CanarySettings", canary, deploymentId=deployment) if canary else None,
    )
    return "AWS::ApiGateway::Stage", own


def _method_setting(one: MethodSetting) -> dict[str, Any]:
    path = "/*" if one.resource_path == ANY else one.resource_path
    return {"ResourcePath": path, "HttpMethod": one.http_method, **as_properties(_SERVICE, "MethodSetting", one)}


def _deployment(cloud: Cloud, one: Deployment) -> tuple[str, dict[str, Any]]:
    return "AWS::ApiGateway::Deployment", known(RestApiId=at_aws(cloud, one.api_id), Description=one.description)


def _usage_plan(cloud: Cloud, one: UsagePlan) -> tuple[str, dict[str, Any]]:
    stages = [
        known(ApiId=at_aws(cloud, stage.api_id), Stage=stage.stage_name, Throttle=_by_method(stage.methods) or None)
        for stage in one.stages
    ]
    own = as_properties(_SERVICE, "UsagePlan", one, id=None, name=None)
    return "AWS::ApiGateway::UsagePlan", known(**own, UsagePlanName=one.name, ApiStages=stages or None)


def _by_method(methods: Mapping[tuple[str, str], Throttle]) -> dict[str, Any]:
    return {
        f"{path}/{method}": as_properties(_SERVICE, "ThrottleSettings", limits)
        for (path, method), limits in methods.items()
    }


WRITERS: Mapping[str, Callable[[Cloud, Any], tuple[str, dict[str, Any]]]] = {
    "stages": _stage,
    "deployments": _deployment,
    "usage_plans": _usage_plan,
}
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Stage": (
        "RestApiId", "StageName", "DeploymentId", "Description", "Variables", "MethodSettings", "CacheClusterEnabled",
        "CacheClusterSize", "TracingEnabled", "AccessLogSetting", "CanarySetting",
    ),
    "AWS::ApiGateway::Deployment": ("Description",),
    "AWS::ApiGateway::UsagePlan": ("UsagePlanName", "Description", "ApiStages", "Throttle", "Quota"),
}  # fmt: skip
"""The properties that follow from a thing, by type."""
