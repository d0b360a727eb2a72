"""Deployments of HTTP and WebSocket APIs: snapshots, which stages without automatic deployment serve."""

from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.live.deployments import unused
from netful.account.apigateway.live.http_stages import owner
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, not_found
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.operations.representation import iso_time, known
from netful.account.changes import Put, new, updated
from netful.model.apis.stage import Deployment

_TYPE = "AWS::ApiGatewayV2::Deployment"


def _deployment(site: Site, _wanted: OperationRequest, one: Deployment) -> dict[str, Any]:
    return known(
        deploymentId=site.cloud.part_id(one.id),
        description=one.description,
        createdDate=iso_time(site.made(one.id)),
        deploymentStatus="DEPLOYED",
        autoDeployed=False,
    )


def _create_deployment(site: Site, wanted: OperationRequest) -> Any:
    """CreateDeployment: of the present API, to a stage where the request names one."""
    api, given = lookups.http_api(site.cloud, wanted), _KIND.given(wanted)
    if not api.routes:
        raise bad_request("At least one route is required before deploying the Api.")
    name = given.pop("StageName", None)
    stage = lookups.stage_named(site.cloud, api.id, name) if name else None
    if name and stage is None:
        raise not_found(f"Unable to find Stage by name {name} within the provided API")
    if stage and stage.auto_deploy:
        raise bad_request("Deployment ID cannot be set on a stage with automatic deployment")
    made, routes = new(_TYPE, new_id(), {**owner(site, wanted), **given}), [one.id for one in api.routes]
    waits_for = tuple(id_ for id_ in routes if id_ in site.cloud.template.resources)
    edit(site, Put(replace(made.resource, depends_on=waits_for)))
    if stage:
        edit(site, updated(resource(site.cloud, stage.id), DeploymentId=made.resource.id))
    return _KIND.get(site, wanted.naming(deployment=made.resource.id))


_KIND = Kind(
    "Deployment", _TYPE, "deployment",
    lambda site, wanted: lookups.deployments_of(site.cloud, lookups.http_api(site.cloud, wanted).id), _deployment, owner,
    along=unused,
)  # fmt: skip
OPERATIONS = (*_KIND.operations(), Change(_create_deployment))
