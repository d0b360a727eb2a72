"""Deployments: pictures of an API, of which a stage serves one and its canary perhaps another (api-gateway §0, §5.18)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.deployments import deployed
from netful.gateway.context import short_id
from netful.gateway.control import found
from netful.gateway.control.asked import Asked, page
from netful.gateway.control.faults import bad_request, not_found
from netful.gateway.control.site import Operation, Site
from netful.gateway.control.stages import variable_value
from netful.gateway.control.told import told
from netful.model.api import Api
from netful.model.stage import Canary, Deployment, Stage


def _deployment(site: Site, one: Deployment, api: Api | None = None) -> dict[str, Any]:
    return told(
        id=short_id(one.id),
        description=one.description,
        createdDate=site.made(one.id),
        apiSummary=_summary(api) if api else None,
    )


def _summary(api: Api) -> dict[str, Any]:
    """What of an API is in a deployment: each path with its methods."""
    paths: dict[str, Any] = {}
    for route in api.routes:
        about = told(authorizationType=route.authorization_type, apiKeyRequired=route.api_key_required)
        paths.setdefault(route.path, {})[route.http_method] = about
    return paths


def get_deployments(site: Site, wanted: Asked) -> Any:
    """GetDeployments."""
    api = found.rest_api(site.cloud(), wanted)
    return page(wanted, (_deployment(site, one) for one in found.deployments_of(site.cloud(), api.id)))


def get_deployment(site: Site, wanted: Asked) -> Any:
    """GetDeployment; with `embed=apisummary`, what is in it."""
    cloud = site.cloud()
    api = found.rest_api(cloud, wanted)
    one = found.deployment_with(cloud, api.id, wanted.names["deployment"])
    if one is None:
        raise not_found("Invalid Deployment identifier specified")
    embeds = "apisummary" in wanted.query.get("embed", [])
    return _deployment(site, one, cloud.deployed_apis.get(one.id, api) if embeds else None)


async def create_deployment(site: Site, wanted: Asked) -> Any:
    """CreateDeployment: the API as it is now goes live on the stage that is named, or for a share of its requests."""
    cloud, body = site.cloud(), wanted.body
    api = found.rest_api(cloud, wanted)
    if not api.routes:
        raise bad_request("The REST API doesn't contain any methods")
    made = Deployment(f"{api.id}.{uuid.uuid4().hex}", api.id, description=body.get("description"))
    name = body.get("stageName")
    before = found.stage_named(cloud, api.id, name) if name else None
    _check_canary(body, name, before)
    site.note(made.id, new=True)
    changed = deployed(cloud, made)
    if name:
        stage = _deployed(before or Stage(f"{api.id}.{name}", api.id, name, origin=api.origin), made, body)
        site.note(stage.id, new=before is None)
        changed = replace(changed, stages={**cloud.stages, stage.id: stage})
    await site.change(changed)
    return _deployment(site, made)


def _check_canary(body: Mapping[str, Any], name: object, stage: Stage | None) -> None:
    wants = body.get("canarySettings") is not None
    if wants and not name:
        raise bad_request(
            "Invalid deployment content specified.Non null and non empty stageName must be provided for canary "
            "deployment. Provided value is null"
        )
    if wants and stage is None:
        raise bad_request(
            f"Invalid deployment content specified.Stage {name} must already be created before making a canary release "
            "deployment"
        )
    if stage is not None and stage.canary is not None and not wants:
        raise bad_request("Canary exists in the stage: promote it, or remove it, before another deployment")


def _deployed(stage: Stage, made: Deployment, body: Mapping[str, Any]) -> Stage:
    """A stage with a new deployment, and what else a request says of it."""
    canary = body.get("canarySettings")
    if canary is not None:
        return replace(stage, canary=_canary(canary, made))
    given = {
        "variables": _variables(body["variables"]) if "variables" in body else None,
        "description": body.get("stageDescription"),
        "cache_cluster_enabled": body.get("cacheClusterEnabled"),
        "cache_cluster_size": body.get("cacheClusterSize"),
        "tracing_enabled": body.get("tracingEnabled"),
    }
    changed: Any = {name: value for name, value in given.items() if value is not None}
    return replace(stage, deployment_id=made.id, **changed)


def _variables(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: variable_value(name, value) for name, value in values.items()}


def _canary(settings: Mapping[str, Any], made: Deployment) -> Canary:
    percent = settings.get("percentTraffic", 0.0)
    if not 0 <= percent <= 100:
        raise bad_request(f"Invalid value {percent}. Must be between 0 and 100")
    overrides = _variables(settings.get("stageVariableOverrides", {}))
    return Canary(float(percent), made.id, overrides, bool(settings.get("useStageCache", False)))


OPERATIONS = (
    Operation("GET", "/restapis/{api}/deployments", get_deployments),
    Operation("GET", "/restapis/{api}/deployments/{deployment}", get_deployment),
    Operation("POST", "/restapis/{api}/deployments", create_deployment, 201),
)
