"""Deployments of HTTP and WebSocket APIs: snapshots, which stages without automatic deployment serve."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.live.deployments import remove_deployment
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, not_found
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.representation import iso_time, known
from netful.engine.apis.deployments import deployed
from netful.model.apis.stage import Deployment


def _deployment(site: Site, one: Deployment) -> dict[str, Any]:
    return known(
        deploymentId=site.cloud.part_id(one.id),
        description=one.description,
        createdDate=iso_time(site.made(one.id)),
        deploymentStatus="DEPLOYED",
        autoDeployed=False,
    )


def _named(site: Site, wanted: OperationRequest) -> Deployment:
    api, named = lookups.http_api(site.cloud, wanted), wanted.names["deployment"]
    one = lookups.deployment_with(site.cloud, api.id, named)
    if one is None:
        raise not_found(f"Unable to find Deployment by ID {named} within the provided API")
    return one


def _deployments(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    api = lookups.http_api(site.cloud, wanted)
    return (_deployment(site, one) for one in lookups.deployments_of(site.cloud, api.id))


def _get_deployment(site: Site, wanted: OperationRequest) -> Any:
    return _deployment(site, _named(site, wanted))


class _Given(msgspec.Struct, rename="camel"):
    """Input of CreateDeployment and UpdateDeployment."""

    description: str | None = None
    stage_name: str | None = None


def _create_deployment(site: Site, wanted: OperationRequest) -> Any:
    """CreateDeployment: of the present API, to a stage where the request names one."""
    cloud, given = site.cloud, wanted.given(_Given)
    api = lookups.http_api(cloud, wanted)
    if not api.routes:
        raise bad_request("At least one route is required before deploying the Api.")
    routes = tuple(route.id for route in api.routes if route.id in cloud.template.resources)
    made = Deployment(f"{api.id}.{uuid.uuid4().hex}", api.id, routes, given.description)
    site.note(made.id, new=True)
    site.cloud = deployed(cloud, made)
    if given.stage_name:
        stage = lookups.stage_named(cloud, api.id, given.stage_name)
        if stage is None:
            raise not_found(f"Unable to find Stage by name {given.stage_name} within the provided API")
        if stage.auto_deploy:
            raise bad_request("Deployment ID cannot be set on a stage with automatic deployment")
        site.put("stages", replace(stage, deployment_id=made.id))
    return _deployment(site, made)


def _update_deployment(site: Site, wanted: OperationRequest) -> Any:
    """UpdateDeployment: its description."""
    one, given = _named(site, wanted), wanted.given(_Given)
    site.put("deployments", replace(one, description=given.description))
    return _get_deployment(site, wanted)


def _delete_deployment(site: Site, wanted: OperationRequest) -> None:
    """DeleteDeployment: no stage may serve it."""
    remove_deployment(site, _named(site, wanted))


_DEPLOYMENTS = "/v2/apis/{api}/deployments"
OPERATIONS = (
    *reads(_DEPLOYMENTS, "deployment", "Deployment", _deployments, _get_deployment),
    Change("POST", _DEPLOYMENTS, _create_deployment, 201),
    Change("PATCH", _DEPLOYMENTS + "/{deployment}", _update_deployment),
    Change("DELETE", _DEPLOYMENTS + "/{deployment}", _delete_deployment, 204),
)
