"""Stages of HTTP and WebSocket APIs."""

import re
from functools import partial
from typing import Any

from netful.account.apigateway.edits import edit, resource, rewritten
from netful.account.apigateway.http.entries import managed
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.http.opened import STAGE
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.live.stage_patches import variable_value
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.apigateway.operations.representation import at_part, iso_time, tags
from netful.account.apigateway.shapes import merged, modelled
from netful.account.changes import updated
from netful.model.apis.api import HttpApi
from netful.model.apis.stage import MethodSetting, Stage
from netful.model.core import Resource

_entry = partial(modelled, "apigatewayv2")


def _stage(site: Site, wanted: OperationRequest, stage: Stage) -> dict[str, Any]:
    api = lookups.http_api(site.cloud, wanted)
    settings = {lookups.setting_key(api, one): _settings(one) for one in stage.method_settings}
    return _entry(
        "Stage",
        stage,
        **managed(site.cloud, api, stage.id),
        deploymentId=at_part(site.cloud, stage.deployment_id),
        defaultRouteSettings=settings.pop("", {"detailedMetricsEnabled": False}),
        routeSettings=settings,
        stageVariables=stage.variables,
        accessLogSettings=_entry("AccessLogSettings", stage.access_log) if stage.access_log else None,
        createdDate=iso_time(site.made(stage.id)),
        tags=tags(site.cloud, stage.id),
        lastUpdatedDate=iso_time(site.changed(stage.id)),
    )


def _settings(one: MethodSetting) -> dict[str, Any]:
    return _entry("RouteSettings", one, detailedMetricsEnabled=bool(one.metrics_enabled))


def owner(site: Site, wanted: OperationRequest) -> dict[str, Any]:
    """Return the property that names the API of a path."""
    return {"ApiId": site.cloud.aws_id(lookups.http_api(site.cloud, wanted).id)}


def _resource(site: Site, wanted: OperationRequest, stage: Stage) -> Resource:
    if stage.id not in site.cloud.template.resources:
        api_of(site, wanted)  # the stage that a target makes
    return resource(site.cloud, stage.id)


def _checked(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    cloud, api, name = site.cloud, lookups.http_api(site.cloud, wanted), str(own.get("StageName", ""))
    if not id_ and _NAME.fullmatch(name) is None:
        raise bad_request(f"Invalid request input: stageName must match {_NAME.pattern}")
    if not id_ and lookups.stage_named(cloud, api.id, name) is not None:
        raise conflict("Stage already exists")
    deployment = wanted.body.get("deploymentId")
    if deployment is not None and lookups.deployment_with(cloud, api.id, deployment) is None:
        raise bad_request("Deployment id does not exist")
    for variable, value in (wanted.body.get("stageVariables") or {}).items():
        if value or not id_:  # an empty one removes a variable
            variable_value(variable, value)
    for key in wanted.body.get("routeSettings") or {}:
        _check_route(api, key)
    return own


def _check_route(api: HttpApi, key: str) -> None:
    if all(lookups.route_key_of(api, one) != key for one in api.routes):
        raise not_found(f"Unable to find Route by key {key} within the provided RouteSettings")


def _delete_access_log_settings(site: Site, wanted: OperationRequest) -> None:
    edit(site, updated(_KIND.find(site, wanted), AccessLogSettings=None))


async def _reset_authorizers_cache(site: Site, wanted: OperationRequest) -> None:
    """Forget the results of the authorizers of a stage (ResetAuthorizersCache)."""
    await site.flush(_KIND.of(site, wanted).id, authorizers=True)


def _delete_route_settings(site: Site, wanted: OperationRequest) -> None:
    """DeleteRouteSettings: the settings of one route."""
    one, key = _KIND.find(site, wanted), wanted.names["key"]
    _check_route(lookups.http_api(site.cloud, wanted), key)
    edit(site, rewritten(one, merged(one.properties, {"RouteSettings": {key: {}}})))


_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}|\$default")
_KIND = Kind(
    "Stage", STAGE, "stage", lambda site, wanted: site.cloud.apis.stages_of(lookups.http_api(site.cloud, wanted).id), _stage,
    owner, "Invalid stage identifier specified", _checked, key="StageName", ids=lambda _cloud, one: (one.stage_name,),
    resource=_resource,
)  # fmt: skip
OPERATIONS = (
    *_KIND.operations(),
    Operation(_reset_authorizers_cache),
    Change(_delete_access_log_settings),
    Change(_delete_route_settings),
)
