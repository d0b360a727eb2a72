"""Deployments: snapshots of an API; a stage serves one, and its canary may serve another (api-gateway §0, §5.18)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, rewritten
from netful.account.apigateway.kinds import Kind, Properties
from netful.account.apigateway.live.rest_stages import TYPE as STAGE
from netful.account.apigateway.live.rest_stages import owner, stage_resource
from netful.account.apigateway.live.stage_patches import checked_canary, variables
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, invalid_patch
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.operations.patches import Patch
from netful.account.apigateway.operations.representation import known
from netful.account.changes import Edit, Put, new
from netful.model.apis.api import Api
from netful.model.apis.stage import Deployment, Stage
from netful.model.cloud import Cloud
from netful.model.core import Resource


def _deployment(site: Site, wanted: OperationRequest, one: Deployment) -> dict[str, Any]:
    """Return a deployment; with `embed=apisummary`, with its summary."""
    cloud, embeds = site.cloud, "apisummary" in wanted.query.get("embed", [])
    return known(
        id=cloud.part_id(one.id),
        description=one.description,
        createdDate=site.made(one.id),
        apiSummary=_summary(cloud.apis.deployed_apis.get(one.id, lookups.rest_api(cloud, wanted))) if embeds else None,
    )


def _summary(api: Api) -> dict[str, Any]:
    """Return the summary of the API in a deployment: each path with its methods."""
    paths: dict[str, Any] = {}
    for route in api.routes:
        about = known(authorizationType=route.authorization_type, apiKeyRequired=route.api_key_required)
        paths.setdefault(route.path, {})[route.http_method] = about
    return paths


def _create_deployment(site: Site, wanted: OperationRequest) -> Any:
    """Deploy the present API to a stage, or to the canary of it (CreateDeployment)."""
    cloud, given = site.cloud, _KIND.given(wanted)
    api = lookups.rest_api(cloud, wanted)
    if not api.routes:
        raise bad_request("The REST API doesn't contain any methods")
    if api.private and api.policy is None:
        raise bad_request("Private REST API doesn't have a resource policy attached to it")
    if any(route.integration is None for route in api.routes):
        raise bad_request("No integration defined for method")
    name = given.pop("StageName", None)
    before = lookups.stage_named(cloud, api.id, name) if name else None
    _check_canary(given, name, before)
    own = {**owner(site, wanted), **known(Description=given.pop("Description", None))}
    made, methods = new(_TYPE, new_id(), own).resource, tuple(one.id for one in api.routes)
    waits_for = tuple(id_ for id_ in methods if id_ in cloud.template.resources)
    edit(site, Put(replace(made, depends_on=waits_for)))
    if name:
        begun = new(STAGE, new_id(), {**owner(site, wanted), "StageName": name}).resource
        edit(site, _deployed(site.cloud, stage_resource(site, before) if before else begun, made.id, given))
    return _KIND.get(site, wanted.naming(deployment=made.id))


def _check_canary(given: Properties, name: str | None, stage: Stage | None) -> None:
    wants = "CanarySetting" in given
    if wants and not name:
        raise bad_request(
            "Invalid deployment content specified.Non null and non empty stageName must be provided for canary "
            "deployment. Provided value is null"
        )
    if wants and stage is None:
        raise bad_request(
            f"Invalid deployment content specified.Stage {name} must already be created before making a "
            "canary release deployment"
        )
    if stage is not None and stage.canary is not None and not wants:
        raise bad_request("Canary exists in the stage: promote it, or remove it, before another deployment")


def _deployed(cloud: Cloud, stage: Resource, made: str, given: Properties) -> Edit:
    """Return the edit that gives a stage a new deployment, and the other settings of a request."""
    own, canary = stage.properties, given.get("CanarySetting")
    if canary is not None:
        return rewritten(stage, {**own, "CanarySetting": checked_canary(cloud, own, {**canary, "DeploymentId": made})})
    variables(given.get("Variables", {}))
    text = given.pop("StageDescription", own.get("Description"))
    return rewritten(stage, {**own, **given, "Description": text, "DeploymentId": made})


def _described(kind: Kind, _cloud: Cloud, one: Resource, patch: Patch) -> Properties:
    if patch.op != "replace" or patch.path != "/description":
        raise invalid_patch(patch.op, patch.path, ("/description",))
    return kind.patched(one, patch)


def unused(site: Site, one: Resource) -> Iterable[Resource]:
    """Return nothing that is deleted along with a deployment. Raises ApiError where a stage serves it."""
    stages = site.cloud.apis.stages.values()
    if one.id in {served.deployment_id for stage in stages for served in (stage, stage.canary) if served}:
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    return ()


_TYPE = "AWS::ApiGateway::Deployment"
_KIND = Kind(
    "Deployment", _TYPE, "deployment",
    lambda site, wanted: lookups.deployments_of(site.cloud, lookups.rest_api(site.cloud, wanted).id), _deployment, owner,
    "Invalid Deployment identifier specified", along=unused, patch=_described, names={"canarySettings": "CanarySetting"},
)  # fmt: skip
OPERATIONS = (*_KIND.operations(), Change(_create_deployment))
