"""HTTP and WebSocket APIs: what they are, and what UpdateStage changes of their stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from netful.engine.api_names import host_of
from netful.gateway.context import route_key, short_id
from netful.gateway.control import found
from netful.gateway.control.asked import Asked
from netful.gateway.control.faults import bad_request, not_found
from netful.gateway.control.site import Operation, Site
from netful.gateway.control.stages import deployment_told, variable_value
from netful.gateway.control.told import iso_time, plain, told
from netful.model.api import Authorization, Authorizer, HttpApi, Protocol, Route
from netful.model.cloud import Cloud
from netful.model.cors import CorsConfiguration
from netful.model.integration import Integration
from netful.model.stage import ANY, AccessLog, MethodSetting, Stage

_SELECTION = {Protocol.HTTP: "$request.method $request.path"}


def _page(wanted: Asked, items: Iterable[Any]) -> dict[str, Any]:
    """So many of the items as are asked for, all where nothing is said."""
    listed, token, most = [*items], wanted.one("nextToken"), wanted.one("maxResults")
    if not (token or "0").isdecimal() or not (most or "1").isdecimal():
        raise bad_request("Invalid maxResults or nextToken specified")
    begin = int(token or 0)
    end = begin + int(most) if most else len(listed)
    return {"items": listed[begin:end], **({"nextToken": str(end)} if end < len(listed) else {})}


# --- APIs -------------------------------------------------------------------------------------------------------------


def _api(site: Site, api: HttpApi) -> dict[str, Any]:
    scheme = "wss" if api.protocol is Protocol.WEBSOCKET else "https"
    return told(
        apiId=api.id,
        name=api.name,
        description=api.description,
        protocolType=api.protocol,
        apiEndpoint=f"{scheme}://{host_of(api).lower()}",
        routeSelectionExpression=api.route_selection_expression or _SELECTION.get(api.protocol),
        apiKeySelectionExpression="$request.header.x-api-key",
        disableExecuteApiEndpoint=api.disable_execute_api_endpoint,
        corsConfiguration=_cors(api.cors_configuration) if api.cors_configuration else None,
        createdDate=iso_time(site.made(api.id)),
    )


def _cors(one: CorsConfiguration) -> dict[str, Any]:
    return told(
        allowOrigins=one.allow_origins or None,
        allowMethods=one.allow_methods or None,
        allowHeaders=one.allow_headers or None,
        exposeHeaders=one.expose_headers or None,
        allowCredentials=one.allow_credentials,
        maxAge=one.max_age,
    )


def get_apis(site: Site, wanted: Asked) -> Any:
    """GetApis."""
    return _page(wanted, (_api(site, api) for api in site.cloud().http_apis.values()))


def get_api(site: Site, wanted: Asked) -> Any:
    """GetApi."""
    return _api(site, found.http_api(site.cloud(), wanted))


# --- routes, integrations, authorizers --------------------------------------------------------------------------------


def _route(api: HttpApi, route: Route) -> dict[str, Any]:
    return told(
        routeId=short_id(route.resource_id or route.id),
        routeKey=_key(api, route),
        target=f"integrations/{_integration_id(route.integration)}" if route.integration else None,
        authorizationType=route.authorization_type,
        authorizerId=route.authorizer_id,
        authorizationScopes=route.authorization_scopes or None,
        apiKeyRequired=route.api_key_required,
    )


def _key(api: HttpApi, route: Route) -> str:
    return route.path if api.protocol is Protocol.WEBSOCKET else route_key(route)


def _integration_id(one: Integration) -> str:
    return short_id(one.id)


def get_routes(site: Site, wanted: Asked) -> Any:
    """GetRoutes."""
    api = found.http_api(site.cloud(), wanted)
    return _page(wanted, (_route(api, route) for route in api.routes))


def get_route(site: Site, wanted: Asked) -> Any:
    """GetRoute."""
    api, named = found.http_api(site.cloud(), wanted), wanted.names["route"]
    one = next((r for r in api.routes if named in (r.id, short_id(r.resource_id or r.id))), None)
    if one is None:
        raise not_found("Invalid Route identifier specified")
    return _route(api, one)


def _integration(one: Integration) -> dict[str, Any]:
    return told(
        integrationId=_integration_id(one),
        integrationType=one.type,
        integrationMethod=one.http_method,
        integrationUri=one.uri,
        integrationSubtype=one.subtype,
        connectionType=one.connection_type,
        connectionId=one.connection_id,
        credentialsArn=one.credentials,
        payloadFormatVersion=one.payload_format_version,
        timeoutInMillis=one.timeout_in_millis,
        requestParameters=one.request_parameters or None,
        requestTemplates=one.request_templates or None,
        responseParameters=one.response_parameters or None,
        tlsConfig={"serverNameToVerify": plain(one.server_name)} if isinstance(one.server_name, str) else None,
    )


def _integrations(site: Site, wanted: Asked) -> dict[str, Integration]:
    api = found.http_api(site.cloud(), wanted)
    return {_integration_id(one.integration): one.integration for one in api.routes if one.integration}


def get_integrations(site: Site, wanted: Asked) -> Any:
    """GetIntegrations."""
    return _page(wanted, map(_integration, _integrations(site, wanted).values()))


def get_integration(site: Site, wanted: Asked) -> Any:
    """GetIntegration."""
    named, there = wanted.names["integration"], _integrations(site, wanted)
    one = there.get(named) or there.get(short_id(named))
    if one is None:
        raise not_found("Invalid Integration identifier specified")
    return _integration(one)


def _authorizer(one: Authorizer) -> dict[str, Any]:
    jwt = one.type == Authorization.JWT
    return told(
        authorizerId=one.id,
        name=one.name,
        authorizerType=one.type,
        authorizerUri=one.authorizer_uri,
        authorizerCredentialsArn=one.credentials,
        authorizerPayloadFormatVersion=one.payload_format_version,
        authorizerResultTtlInSeconds=None if jwt else one.authorizer_result_ttl_in_seconds,
        enableSimpleResponses=None if jwt else one.enable_simple_responses,
        identitySource=one.identity_source,
        identityValidationExpression=one.identity_validation_expression,
        jwtConfiguration=told(audience=one.audience, issuer=one.issuer) if jwt else None,
    )


def get_authorizers(site: Site, wanted: Asked) -> Any:
    """GetAuthorizers."""
    return _page(wanted, map(_authorizer, found.http_api(site.cloud(), wanted).authorizers.values()))


def get_authorizer(site: Site, wanted: Asked) -> Any:
    """GetAuthorizer."""
    one = found.http_api(site.cloud(), wanted).authorizers.get(wanted.names["authorizer"])
    if one is None:
        raise not_found("Invalid Authorizer identifier specified")
    return _authorizer(one)


# --- stages -----------------------------------------------------------------------------------------------------------


def _stage(site: Site, api: HttpApi, stage: Stage) -> dict[str, Any]:
    log = stage.access_log
    settings = {_setting_key(api, one): _settings(one) for one in stage.method_settings}
    return told(
        stageName=stage.stage_name,
        description=stage.description,
        autoDeploy=stage.auto_deploy,
        deploymentId=deployment_told(stage.deployment_id),
        defaultRouteSettings=settings.pop("", {"detailedMetricsEnabled": False}),
        routeSettings=settings,
        stageVariables=stage.variables,
        accessLogSettings=told(destinationArn=log.destination_arn, format=log.format) if log else None,
        createdDate=iso_time(site.made(stage.id)),
        lastUpdatedDate=iso_time(site.changed(stage.id)),
    )


def _setting_key(api: HttpApi, one: MethodSetting) -> str:
    """The key of the route that a setting is for; "" for all."""
    if (one.resource_path, one.http_method) == (ANY, ANY):
        return ""
    return _key(api, Route("", one.http_method, one.resource_path))


def _settings(one: MethodSetting) -> dict[str, Any]:
    return told(
        detailedMetricsEnabled=bool(one.metrics_enabled),
        loggingLevel=one.logging_level,
        dataTraceEnabled=one.data_trace_enabled,
        throttlingRateLimit=one.throttling_rate_limit,
        throttlingBurstLimit=one.throttling_burst_limit,
    )


def get_stages(site: Site, wanted: Asked) -> Any:
    """GetStages."""
    api = found.http_api(site.cloud(), wanted)
    return _page(wanted, (_stage(site, api, one) for one in site.cloud().stages_of(api.id)))


def get_stage(site: Site, wanted: Asked) -> Any:
    """GetStage."""
    api = found.http_api(site.cloud(), wanted)
    return _stage(site, api, found.stage(site.cloud(), wanted, api))


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
    """What UpdateStage takes."""

    description: str | None = None
    auto_deploy: bool | None = None
    deployment_id: str | None = None
    stage_variables: dict[str, str] = {}
    default_route_settings: _SettingsGiven | None = None
    route_settings: dict[str, _SettingsGiven] = {}
    access_log_settings: _LogGiven | None = None


async def update_stage(site: Site, wanted: Asked) -> Any:
    """UpdateStage: what is given takes the place of what there was."""
    cloud, given = site.cloud(), wanted.given(_Given)
    api = found.http_api(cloud, wanted)
    stage = found.stage(cloud, wanted, api)
    settings = {(one.resource_path, one.http_method): one for one in stage.method_settings}
    if given.default_route_settings is not None:
        settings[ANY, ANY] = _changed(settings.get((ANY, ANY)), (ANY, ANY), given.default_route_settings)
    for key, values in given.route_settings.items():
        place = _place(api, key)
        settings[place] = _changed(settings.get(place), place, values)
    stage = replace(
        stage,
        variables=_variables(stage, given),
        method_settings=tuple(settings.values()),
        description=stage.description if given.description is None else given.description,
        auto_deploy=stage.auto_deploy if given.auto_deploy is None else given.auto_deploy,
        deployment_id=_deployment(cloud, api, stage, given),
        access_log=_access_log(stage, given),
    )
    await site.put("stages", stage)
    return _stage(site, api, stage)


def _changed(setting: MethodSetting | None, place: tuple[str, str], given: _SettingsGiven) -> MethodSetting:
    """A setting with the values that are given; what it leaves out is the default's."""
    values = msgspec.structs.asdict(given)
    values["metrics_enabled"] = values.pop("detailed_metrics_enabled")
    changed: Any = {name: value for name, value in values.items() if value is not None}
    return replace(setting or MethodSetting(*place), **changed)


def _variables(stage: Stage, given: _Given) -> dict[str, Any]:
    """A stage's variables with those that are given; one without a value is taken away."""
    kept = {name: value for name, value in stage.variables.items() if name not in given.stage_variables}
    return kept | {name: variable_value(name, value) for name, value in given.stage_variables.items() if value}


def _deployment(cloud: Cloud, api: HttpApi, stage: Stage, given: _Given) -> Any:
    if given.deployment_id is None:
        return stage.deployment_id
    deployment = found.deployment_with(cloud, api.id, given.deployment_id)
    if deployment is None:
        raise bad_request("Deployment id does not exist")
    return deployment.id


def _access_log(stage: Stage, given: _Given) -> AccessLog | None:
    log = given.access_log_settings
    return stage.access_log if log is None else AccessLog(log.destination_arn, log.format)


def _place(api: HttpApi, key: str) -> tuple[str, str]:
    """The path and the method of a route's key."""
    route = next((one for one in api.routes if _key(api, one) == key), None)
    if route is None:
        raise not_found(f"Unable to find Route by key {key} within the provided RouteSettings")
    return route.path, route.http_method


_API = "/v2/apis/{api}"
OPERATIONS = (
    Operation("GET", "/v2/apis", get_apis),
    Operation("GET", _API, get_api),
    Operation("GET", _API + "/routes", get_routes),
    Operation("GET", _API + "/routes/{route}", get_route),
    Operation("GET", _API + "/integrations", get_integrations),
    Operation("GET", _API + "/integrations/{integration}", get_integration),
    Operation("GET", _API + "/authorizers", get_authorizers),
    Operation("GET", _API + "/authorizers/{authorizer}", get_authorizer),
    Operation("GET", _API + "/stages", get_stages),
    Operation("GET", _API + "/stages/{stage}", get_stage),
    Operation("PATCH", _API + "/stages/{stage}", update_stage),
)
