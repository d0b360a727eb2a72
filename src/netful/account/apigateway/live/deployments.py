"""Deployments: snapshots of an API; a stage serves one, and its canary may serve another (api-gateway §0, §5.18)."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.live.stage_patches import CanaryGiven, variables
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, invalid_patch, not_found
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import known
from netful.account.apigateway.written import put, remove
from netful.model.apis.api import Api
from netful.model.apis.stage import Deployment, Stage
from netful.model.cloud import Cloud


def _deployment(site: Site, one: Deployment, api: Api | None = None) -> dict[str, Any]:
    return known(
        id=site.cloud.part_id(one.id),
        description=one.description,
        createdDate=site.made(one.id),
        apiSummary=_summary(api) if api else None,
    )


def _summary(api: Api) -> dict[str, Any]:
    """Return the summary of the API in a deployment: each path with its methods."""
    paths: dict[str, Any] = {}
    for route in api.routes:
        about = known(authorizationType=route.authorization_type, apiKeyRequired=route.api_key_required)
        paths.setdefault(route.path, {})[route.http_method] = about
    return paths


def _deployments(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    api = lookups.rest_api(site.cloud, wanted)
    return (_deployment(site, one) for one in lookups.deployments_of(site.cloud, api.id))


def _get_deployment(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDeployment; with `embed=apisummary`, with its summary."""
    cloud = site.cloud
    api, one = lookups.rest_api(cloud, wanted), _named(site, wanted)
    embeds = "apisummary" in wanted.query.get("embed", [])
    return _deployment(site, one, cloud.apis.deployed_apis.get(one.id, api) if embeds else None)


class _Given(msgspec.Struct, rename="camel"):
    """Input of CreateDeployment."""

    stage_name: str | None = None
    stage_description: str | None = None
    description: str | None = None
    cache_cluster_enabled: bool | None = None
    cache_cluster_size: str | None = None
    variables: dict[str, str] | None = None
    canary_settings: CanaryGiven | None = None
    tracing_enabled: bool | None = None


def _create_deployment(site: Site, wanted: OperationRequest) -> Any:
    """Deploy the present API to a stage, or to the canary of it (CreateDeployment)."""
    cloud, given = site.cloud, wanted.given(_Given)
    api = lookups.rest_api(cloud, wanted)
    if not api.routes:
        raise bad_request("The REST API doesn't contain any methods")
    if api.private and api.policy is None:
        raise bad_request("Private REST API doesn't have a resource policy attached to it")
    if any(route.integration is None for route in api.routes):
        raise bad_request("No integration defined for method")
    methods = tuple(route.id for route in api.routes if route.id in cloud.template.resources)
    made = Deployment(f"{api.id}.{uuid.uuid4().hex}", api.id, methods, given.description)
    name = given.stage_name
    before = lookups.stage_named(cloud, api.id, name) if name else None
    _check_canary(given, before)
    put(site, "deployments", made)
    if name:
        stage = _deployed(before or Stage(f"{api.id}.{name}", api.id, name, origin=api.origin), made, given)
        put(site, "stages", stage)
    return _deployment(site, made)


def _check_canary(given: _Given, stage: Stage | None) -> None:
    wants = given.canary_settings is not None
    if wants and not given.stage_name:
        raise bad_request(
            "Invalid deployment content specified.Non null and non empty stageName must be provided for canary "
            "deployment. Provided value is null"
        )
    if wants and stage is None:
        raise bad_request(
            f"Invalid deployment content specified.Stage {given.stage_name} must already be created before making a "
            "canary release deployment"
        )
    if stage is not None and stage.canary is not None and not wants:
        raise bad_request("Canary exists in the stage: promote it, or remove it, before another deployment")


def _deployed(stage: Stage, made: Deployment, given: _Given) -> Stage:
    """Return a stage with a new deployment, and with the other settings of a request."""
    if given.canary_settings is not None:
        return replace(stage, canary=given.canary_settings.canary(made.id))
    values = {
        "variables": None if given.variables is None else variables(given.variables),
        "description": given.stage_description,
        "cache_cluster_enabled": given.cache_cluster_enabled,
        "cache_cluster_size": given.cache_cluster_size,
        "tracing_enabled": given.tracing_enabled,
    }
    changed: Any = {name: value for name, value in values.items() if value is not None}
    return replace(stage, deployment_id=made.id, **changed)


def _update_deployment(site: Site, wanted: OperationRequest) -> Any:
    """UpdateDeployment: its description."""
    one = _named(site, wanted)
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path != "/description":
            raise invalid_patch(patch.op, patch.path, ("/description",))
        one = replace(one, description=patch.value)
    put(site, "deployments", one)
    return _deployment(site, one)


def _named(site: Site, wanted: OperationRequest) -> Deployment:
    api = lookups.rest_api(site.cloud, wanted)
    one = lookups.deployment_with(site.cloud, api.id, wanted.names["deployment"])
    if one is None:
        raise not_found("Invalid Deployment identifier specified")
    return one


def _delete_deployment(site: Site, wanted: OperationRequest) -> None:
    """DeleteDeployment: no stage may serve it."""
    gone = _named(site, wanted)
    check_unused(site.cloud, gone.id)
    remove(site, "deployments", gone.id)


def check_unused(cloud: Cloud, deployment_id: str) -> None:
    """Raise ApiError where a stage serves a deployment."""
    used = {one.deployment_id for one in cloud.apis.stages.values()}
    used |= {one.canary.deployment_id for one in cloud.apis.stages.values() if one.canary}
    if deployment_id in used:
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")


OPERATIONS = (
    *reads("/restapis/{api}/deployments", "deployment", "Deployment", _deployments, _get_deployment),
    Change("POST", "/restapis/{api}/deployments", _create_deployment, 201),
    Change("PATCH", "/restapis/{api}/deployments/{deployment}", _update_deployment),
    Change("DELETE", "/restapis/{api}/deployments/{deployment}", _delete_deployment, 202),
)
