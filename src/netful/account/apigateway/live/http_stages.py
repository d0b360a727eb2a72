"""Stages of HTTP and WebSocket APIs, and their changes by UpdateStage."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import msgspec

from netful.account.apigateway.live.rest_stages import remove_stage
from netful.account.apigateway.live.stage_patches import variable_value
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site, reads
from netful.account.apigateway.operations.representation import at_part, iso_time, tags
from netful.account.apigateway.shapes import modelled
from netful.model.apis.api import HttpApi
from netful.model.apis.stage import ANY, AccessLog, MethodSetting, Stage
from netful.model.cloud import Cloud

_entry = partial(modelled, "apigatewayv2")


def _stage(site: Site, api: HttpApi, stage: Stage) -> dict[str, Any]:
    settings = {lookups.setting_key(api, one): _settings(one) for one in stage.method_settings}
    return _entry(
        "Stage",
        stage,
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


def _stages(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    api = lookups.http_api(site.cloud, wanted)
    return (_stage(site, api, one) for one in site.cloud.apis.stages_of(api.id))


def _get_stage(site: Site, wanted: OperationRequest) -> Any:
    api = lookups.http_api(site.cloud, wanted)
    return _stage(site, api, lookups.stage(site.cloud, wanted, api))


class _SettingsGiven(msgspec.Struct, rename="camel"):
    throttling_rate_limit: float | None = None
    throttling_burst_limit: int | None = None
    logging_level: str | None = None
    data_trace_enabled: bool | None = None
    detailed_metrics_enabled: bool | None = None


class _LogGiven(msgspec.Struct, rename="camel"):
    destination_arn: str = ""
    format: str = ""


class _Given(msgspec.Struct, rename="camel"):
    """Input of UpdateStage."""

    description: str | None = None
    auto_deploy: bool | None = None
    deployment_id: str | None = None
    stage_variables: dict[str, str] = {}
    default_route_settings: _SettingsGiven | None = None
    route_settings: dict[str, _SettingsGiven] = {}
    access_log_settings: _LogGiven | None = None


class _NewStage(_Given):
    """Input of CreateStage."""

    stage_name: Annotated[str, msgspec.Meta(pattern=r"^([a-zA-Z0-9_-]{1,128}|\$default)$")] = ""


def _create_stage(site: Site, wanted: OperationRequest) -> Any:
    cloud, given = site.cloud, wanted.given(_NewStage)
    api = lookups.http_api(cloud, wanted)
    if lookups.stage_named(cloud, api.id, given.stage_name) is not None:
        raise conflict("Stage already exists")
    made = Stage(f"{api.id}.{given.stage_name}", api.id, given.stage_name, origin=api.origin)
    site.put("stages", _having(cloud, api, made, given))
    return _stage(site, api, site.cloud.apis.stages[made.id])


def _delete_stage(site: Site, wanted: OperationRequest) -> None:
    api = lookups.http_api(site.cloud, wanted)
    remove_stage(site, lookups.stage(site.cloud, wanted, api))


def _delete_access_log_settings(site: Site, wanted: OperationRequest) -> None:
    api = lookups.http_api(site.cloud, wanted)
    site.put("stages", replace(lookups.stage(site.cloud, wanted, api), access_log=None))


async def _reset_authorizers_cache(site: Site, wanted: OperationRequest) -> None:
    """Forget the results of the authorizers of a stage (ResetAuthorizersCache)."""
    api = lookups.http_api(site.cloud, wanted)
    await site.flush(lookups.stage(site.cloud, wanted, api).id, authorizers=True)


def _delete_route_settings(site: Site, wanted: OperationRequest) -> None:
    """DeleteRouteSettings: the settings of one route."""
    api = lookups.http_api(site.cloud, wanted)
    stage, place = lookups.stage(site.cloud, wanted, api), _place(api, wanted.names["key"])
    kept = tuple(one for one in stage.method_settings if (one.resource_path, one.http_method) != place)
    site.put("stages", replace(stage, method_settings=kept))


def _update_stage(site: Site, wanted: OperationRequest) -> Any:
    """Replace the settings that a request contains (UpdateStage)."""
    cloud, given = site.cloud, wanted.given(_Given)
    api = lookups.http_api(cloud, wanted)
    stage = _having(cloud, api, lookups.stage(cloud, wanted, api), given)
    site.put("stages", stage)
    return _stage(site, api, stage)


def _having(cloud: Cloud, api: HttpApi, stage: Stage, given: _Given) -> Stage:
    """Return a stage with the settings that a request contains."""
    settings = {(one.resource_path, one.http_method): one for one in stage.method_settings}
    if given.default_route_settings is not None:
        settings[ANY, ANY] = _changed(settings.get((ANY, ANY)), (ANY, ANY), given.default_route_settings)
    for key, values in given.route_settings.items():
        place = _place(api, key)
        settings[place] = _changed(settings.get(place), place, values)
    return replace(
        stage,
        variables=_variables(stage, given),
        method_settings=tuple(settings.values()),
        description=stage.description if given.description is None else given.description,
        auto_deploy=stage.auto_deploy if given.auto_deploy is None else given.auto_deploy,
        deployment_id=_deployment(cloud, api, stage, given),
        access_log=_access_log(stage, given),
    )


def _changed(setting: MethodSetting | None, place: tuple[str, str], given: _SettingsGiven) -> MethodSetting:
    """Return a setting with the values of a request; the default has those that it leaves out."""
    values = msgspec.structs.asdict(given)
    values["metrics_enabled"] = values.pop("detailed_metrics_enabled")
    changed: Any = {name: value for name, value in values.items() if value is not None}
    return replace(setting or MethodSetting(*place), **changed)


def _variables(stage: Stage, given: _Given) -> dict[str, Any]:
    """Return the variables of a stage with those of a request; one without a value is removed."""
    kept = {name: value for name, value in stage.variables.items() if name not in given.stage_variables}
    return kept | {name: variable_value(name, value) for name, value in given.stage_variables.items() if value}


def _deployment(cloud: Cloud, api: HttpApi, stage: Stage, given: _Given) -> Any:
    if given.deployment_id is None:
        return stage.deployment_id
    deployment = lookups.deployment_with(cloud, api.id, given.deployment_id)
    if deployment is None:
        raise bad_request("Deployment id does not exist")
    return deployment.id


def _access_log(stage: Stage, given: _Given) -> AccessLog | None:
    log = given.access_log_settings
    return stage.access_log if log is None else AccessLog(log.destination_arn, log.format)


def _place(api: HttpApi, key: str) -> tuple[str, str]:
    """Return the path and the method of a route key."""
    route = next((one for one in api.routes if lookups.route_key_of(api, one) == key), None)
    if route is None:
        raise not_found(f"Unable to find Route by key {key} within the provided RouteSettings")
    return route.path, route.http_method


_STAGES = "/v2/apis/{api}/stages"
OPERATIONS = (
    *reads(_STAGES, "stage", "Stage", _stages, _get_stage),
    Change("POST", _STAGES, _create_stage, 201),
    Change("PATCH", _STAGES + "/{stage}", _update_stage),
    Change("DELETE", _STAGES + "/{stage}", _delete_stage, 204),
    Operation("DELETE", _STAGES + "/{stage}/cache/authorizers", _reset_authorizers_cache, 204),
    Change("DELETE", _STAGES + "/{stage}/accesslogsettings", _delete_access_log_settings, 204),
    Change("DELETE", _STAGES + "/{stage}/routesettings/{key}", _delete_route_settings, 204),
)
