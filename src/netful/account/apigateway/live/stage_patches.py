"""Patches of UpdateStage for a stage of a REST API (api-gateway §3.3, §5.18).

A method's setting begins as a copy of the setting for all methods. Later changes of that setting do not affect it.
"""

import re
from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.edits import named
from netful.account.apigateway.kinds import Kind, Properties
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.patches import Patch, between, decimal, flag, one_of, whole
from netful.model.apis.stage import ANY
from netful.model.cloud import Cloud
from netful.model.core import Resource, mappings
from netful.sources.apis.paths import setting_path

_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
_FIELDS: dict[str, tuple[str, Any]] = {
    "/description": ("Description", str),
    "/documentationVersion": ("DocumentationVersion", str),
    "/cacheClusterEnabled": ("CacheClusterEnabled", flag),
    "/cacheClusterSize": ("CacheClusterSize", one_of(*_SIZES)),
    "/tracingEnabled": ("TracingEnabled", flag),
}
_STRATEGIES = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")
SETTINGS: dict[str, tuple[str, Any]] = {
    "metrics/enabled": ("MetricsEnabled", flag),
    "logging/dataTrace": ("DataTraceEnabled", flag),
    "logging/loglevel": ("LoggingLevel", one_of("OFF", "ERROR", "INFO")),
    "throttling/burstLimit": ("ThrottlingBurstLimit", whole),
    "throttling/rateLimit": ("ThrottlingRateLimit", decimal),
    "caching/ttlInSeconds": ("CacheTtlInSeconds", between(0, 3600, whole)),
    "caching/enabled": ("CachingEnabled", flag),
    "caching/dataEncrypted": ("CacheDataEncrypted", flag),
    "caching/requireAuthorizationForCacheControl": ("RequireAuthorizationForCacheControl", flag),
    "caching/unauthorizedCacheControlHeaderStrategy": (
        "UnauthorizedCacheControlHeaderStrategy",
        one_of(*_STRATEGIES),
    ),
}
_ALL, _WHOLE = (ANY, ANY), 100
_CANARY: dict[str, tuple[str, Any]] = {
    "/canarySettings/percentTraffic": ("PercentTraffic", between(0, _WHOLE, decimal)),
    "/canarySettings/useStageCache": ("UseStageCache", flag),
}
_METHOD_SETTING = re.compile(rf"/(?P<path>.+)/(?P<method>[A-Z*]+)/(?P<setting>{'|'.join(SETTINGS)})")
_METHOD = re.compile(r"/(?P<path>.+)/(?P<method>[A-Z]+|\*)")
_VARIABLES, _OVERRIDES = "/variables", "/canarySettings/stageVariableOverrides"
_LOG, _VARIABLE_NAME = "/accessLogSettings", re.compile(r"\w+")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,%]+")


def patched(_kind: Kind, cloud: Cloud, stage: Resource, patch: Patch) -> Properties:
    """Return the properties of a stage after one patch."""
    own = stage.properties
    if patch.op == "copy":
        return _promoted(own, patch)
    if patch.op not in {"add", "replace", "remove"}:
        raise bad_request(f"Invalid patch operation {patch.op} specified. Must be one of: [add, remove, replace, copy]")
    if patch.path == "/deploymentId" and patch.op == "replace":
        return {**own, "DeploymentId": deployment_at(cloud, own, patch.value)}
    if patch.path in _FIELDS and patch.op == "replace":
        name, reading = _FIELDS[patch.path]
        return {**own, name: reading(patch.value)}
    if patch.path.startswith(_VARIABLES):
        return {**own, "Variables": _with_variable(_known(own, "Variables"), patch, patch.after(_VARIABLES + "/"))}
    if patch.path.startswith("/canarySettings"):
        return {**own, "CanarySetting": _with_canary(cloud, own, patch)}
    if patch.path.startswith(_LOG):
        return {**own, "AccessLogSetting": _with_log(_known(own, "AccessLogSetting"), patch)}
    return {**own, "MethodSettings": [*_with_setting(settings_of(own), patch).values()]}


def _invalid(patch: Patch) -> Exception:
    valid = [*_FIELDS, "/deploymentId", "/variables/{variable_name}", *_CANARY, "/canarySettings/deploymentId"]
    valid += [_OVERRIDES + "/{variable_name}", _LOG + "/format", _LOG + "/destinationArn"]
    valid += [f"/{{resourcePath}}/{{httpMethod}}/{name}" for name in SETTINGS]
    return bad_request(f"Invalid method setting path: {patch.path}. Must be one of: [{', '.join(valid)}]")


def deployment_at(cloud: Cloud, stage: Properties, given: str) -> str:
    """Return the id at AWS of a deployment that a stage is to serve. Raises ApiError if the stage's API does not have it."""
    deployment = lookups.deployment_with(cloud, named(cloud, stage["RestApiId"]), given)
    if deployment is None:
        raise bad_request("Deployment id does not exist")
    return cloud.aws_id(deployment.id)


def _promoted(own: Properties, patch: Patch) -> Properties:
    """Return the stage with what its canary has: the deployment, or the variables in addition to its own (§5.18)."""
    copies = {("/canarySettings/deploymentId", "/deploymentId"), (_OVERRIDES, _VARIABLES)}
    if (patch.source, patch.path) not in copies:
        raise bad_request(
            f"Invalid copy operation with path: {patch.path} and from {patch.source}. Valid copy:path are "
            f"[/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, {_OVERRIDES}]"
        )
    canary = _known(own, "CanarySetting")
    if not canary:
        raise bad_request("Promotion not available. Canary does not exist.")
    if patch.path == _VARIABLES:
        return {**own, "Variables": {**_known(own, "Variables"), **_known(canary, "StageVariableOverrides")}}
    return {**own, "DeploymentId": canary.get("DeploymentId", own.get("DeploymentId"))}


def _known(properties: Properties, name: str) -> Properties:
    """Return a property that is a map; an empty one where it is left out, or not known."""
    found = properties.get(name)
    return found if isinstance(found, dict) else {}


def _with_variable(before: Properties, patch: Patch, name: str) -> Properties:
    if patch.op == "remove":
        return {other: value for other, value in before.items() if name and other != name}
    if not _VARIABLE_NAME.fullmatch(name):
        raise bad_request(f"Invalid stage variable name: {name}. Must be alphanumeric, with underscores")
    return {**before, name: variable_value(name, patch.value)}


def variables(given: Mapping[str, str]) -> dict[str, str]:
    """Return the stage variables of a request; raises ApiError for a value that AWS does not accept."""
    return {name: variable_value(name, value) for name, value in given.items()}


def variable_value(name: str, value: str) -> str:
    """Return a value of a stage variable; raises ApiError for one that AWS does not accept."""
    if _VARIABLE_VALUE.fullmatch(value) is None:
        raise bad_request(f"Stage variable value for {name} must match {_VARIABLE_VALUE.pattern}")
    return value


def checked_canary(cloud: Cloud, stage: Properties, given: Properties) -> Properties:
    """Return the canary of a request as the stage has it; raises ApiError for one that AWS does not accept."""
    if not 0 <= given.get("PercentTraffic", 0) <= _WHOLE:
        raise bad_request("Invalid request input: percentTraffic must be between 0 and 100")
    variables(given.get("StageVariableOverrides", {}))
    at = given.get("DeploymentId")
    return {"PercentTraffic": 0.0, **given, **({"DeploymentId": deployment_at(cloud, stage, at)} if at else {})}


def _with_canary(cloud: Cloud, own: Properties, patch: Patch) -> Properties | None:
    if patch.path == "/canarySettings" and patch.op == "remove":
        return None
    canary = _known(own, "CanarySetting") or {"PercentTraffic": 0.0, "DeploymentId": own.get("DeploymentId")}
    if patch.path.startswith(_OVERRIDES):
        before = _known(canary, "StageVariableOverrides")
        return {**canary, "StageVariableOverrides": _with_variable(before, patch, patch.after(_OVERRIDES + "/"))}
    if patch.path == "/canarySettings/deploymentId" and patch.op == "replace":
        return {**canary, "DeploymentId": deployment_at(cloud, own, patch.value)}
    if patch.path not in _CANARY or patch.op != "replace":
        raise _invalid(patch)
    name, reading = _CANARY[patch.path]
    return {**canary, name: reading(patch.value)}


def _with_log(log: Properties, patch: Patch) -> Properties | None:
    if patch.path == _LOG and patch.op == "remove":
        return None
    names = {_LOG + "/destinationArn": "DestinationArn", _LOG + "/format": "Format"}
    if patch.path not in names or patch.op == "remove":
        raise _invalid(patch)
    return {**(log or {"DestinationArn": "", "Format": _COMMON_LOG}), names[patch.path]: patch.value}


_COMMON_LOG = (
    '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod '
    '$context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId'
)


Settings = dict[tuple[str, str], Properties]
"""Settings of methods, each by its path and its method."""


def settings_of(stage: Properties) -> Settings:
    """Return the settings of methods in the properties of a stage."""
    found = [dict(one) for one in mappings(stage.get("MethodSettings"))]
    return {_place(str(one.get("ResourcePath", "/*")), str(one.get("HttpMethod", ANY))): one for one in found}


def _with_setting(settings: Settings, patch: Patch) -> Settings:
    """Return the settings with a value for a method, or for all, set or removed."""
    if patch.op == "remove":
        return _without_setting(settings, patch)
    of_one = _METHOD_SETTING.fullmatch(patch.path)
    if of_one is None:
        raise _invalid(patch)
    name, reading = SETTINGS[of_one["setting"]]
    place, path, whole_setting = _place(of_one["path"], of_one["method"]), of_one["path"], _values(settings.get(_ALL))
    if place == _ALL:  # the other values stay those of the setting for all methods
        settings = {at: {**whole_setting, **one} for at, one in settings.items()}
    written = "/*" if place[0] == ANY else place[0] if path.startswith("~1") else path
    begun = settings.get(place) or {"ResourcePath": written, "HttpMethod": place[1]}
    return {**settings, place: {**whole_setting, **begun, name: reading(patch.value)}}


def _without_setting(settings: Settings, patch: Patch) -> Settings:
    of_one = _METHOD.fullmatch(patch.path)
    if of_one is None:
        raise _invalid(patch)
    place = _place(of_one["path"], of_one["method"])
    if place not in settings:
        shown = patch.path.removeprefix("/")
        raise bad_request(f"Cannot remove method setting {shown} because there is no method setting for this method ")
    copied = _values(settings[place]) if place == _ALL else {}
    return {at: {**copied, **one} for at, one in settings.items() if at != place}


def _values(setting: Properties | None) -> Properties:
    return {name: value for name, value in (setting or {}).items() if name not in ("ResourcePath", "HttpMethod")}


def _place(path: str, method: str) -> tuple[str, str]:
    return setting_path(path), method.upper()
