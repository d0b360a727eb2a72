"""Patches of UpdateStage for a stage of a REST API (api-gateway §3.3, §5.18).

A method's setting begins as a copy of the setting for all methods. Later changes of that setting do not affect it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import msgspec

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.patches import Patch, between, decimal, flag, one_of, whole
from netful.engine.usage.throttles import begun_with, default_setting
from netful.model.apis.stage import ANY, AccessLog, Canary, Stage
from netful.model.cloud import Cloud
from netful.sources.apis.paths import setting_path

_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
_FIELDS: dict[str, tuple[str, Any]] = {
    "/description": ("description", str),
    "/cacheClusterEnabled": ("cache_cluster_enabled", flag),
    "/cacheClusterSize": ("cache_cluster_size", one_of(*_SIZES)),
    "/tracingEnabled": ("tracing_enabled", flag),
}
_STRATEGIES = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")
_SETTINGS: dict[str, tuple[str, Any]] = {
    "metrics/enabled": ("metrics_enabled", flag),
    "logging/dataTrace": ("data_trace_enabled", flag),
    "logging/loglevel": ("logging_level", one_of("OFF", "ERROR", "INFO")),
    "throttling/burstLimit": ("throttling_burst_limit", whole),
    "throttling/rateLimit": ("throttling_rate_limit", decimal),
    "caching/ttlInSeconds": ("cache_ttl_in_seconds", between(0, 3600, whole)),
    "caching/enabled": ("caching_enabled", flag),
    "caching/dataEncrypted": ("cache_data_encrypted", flag),
    "caching/requireAuthorizationForCacheControl": ("require_authorization_for_cache_control", flag),
    "caching/unauthorizedCacheControlHeaderStrategy": (
        "unauthorized_cache_control_header_strategy",
        one_of(*_STRATEGIES),
    ),
}
_CANARY: dict[str, tuple[str, Any]] = {
    "/canarySettings/percentTraffic": ("percent_traffic", between(0, 100, decimal)),
    "/canarySettings/useStageCache": ("use_stage_cache", flag),
}
_METHOD_SETTING = re.compile(rf"/(?P<path>.+)/(?P<method>[A-Z*]+)/(?P<setting>{'|'.join(_SETTINGS)})")
_METHOD = re.compile(r"/(?P<path>.+)/(?P<method>[A-Z]+|\*)")
_VARIABLES, _OVERRIDES = "/variables", "/canarySettings/stageVariableOverrides"
_LOG, _VARIABLE_NAME = "/accessLogSettings", re.compile(r"\w+")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,%]+")


class CanaryGiven(msgspec.Struct, rename="camel"):
    """Input of a canary."""

    percent_traffic: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    deployment_id: str | None = None
    stage_variable_overrides: dict[str, str] = {}
    use_stage_cache: bool = False

    def canary(self, deployment_id: str | None) -> Canary:
        """Return the canary of a deployment."""
        return Canary(
            self.percent_traffic, deployment_id, variables(self.stage_variable_overrides), self.use_stage_cache
        )


def patched(cloud: Cloud, stage: Stage, patch: Patch) -> Stage:
    """Return a stage after one patch."""
    if patch.op == "copy":
        return _promoted(stage, patch)
    if patch.op not in {"add", "replace", "remove"}:
        raise bad_request(f"Invalid patch operation {patch.op} specified. Must be one of: [add, remove, replace, copy]")
    if patch.path == "/deploymentId" and patch.op == "replace":
        return replace(stage, deployment_id=stage_deployment(cloud, str(stage.api_id), patch.value))
    if patch.path in _FIELDS and patch.op == "replace":
        name, reading = _FIELDS[patch.path]
        changed: Any = {name: reading(patch.value)}
        return replace(stage, **changed)
    if patch.path.startswith(_VARIABLES):
        return replace(stage, variables=_with_variable(stage.variables, patch, patch.after(_VARIABLES + "/")))
    if patch.path.startswith("/canarySettings"):
        return _with_canary(cloud, stage, patch)
    if patch.path.startswith(_LOG):
        return replace(stage, access_log=_with_log(stage.access_log, patch))
    return _with_setting(stage, patch)


def _invalid(patch: Patch) -> Exception:
    valid = [*_FIELDS, "/deploymentId", "/variables/{variable_name}", *_CANARY, "/canarySettings/deploymentId"]
    valid += [_OVERRIDES + "/{variable_name}", _LOG + "/format", _LOG + "/destinationArn"]
    valid += [f"/{{resourcePath}}/{{httpMethod}}/{name}" for name in _SETTINGS]
    return bad_request(f"Invalid method setting path: {patch.path}. Must be one of: [{', '.join(valid)}]")


def stage_deployment(cloud: Cloud, api_id: str, named: str) -> str:
    """Return the id of a deployment that a stage is to serve. Raises ApiError if the API does not have it."""
    deployment = lookups.deployment_with(cloud, api_id, named)
    if deployment is None:
        raise bad_request("Deployment id does not exist")
    return deployment.id


def _promoted(stage: Stage, patch: Patch) -> Stage:
    """Return the stage with what its canary has: the deployment, or the variables in addition to its own (§5.18)."""
    copies = {("/canarySettings/deploymentId", "/deploymentId"), (_OVERRIDES, _VARIABLES)}
    if (patch.source, patch.path) not in copies:
        raise bad_request(
            f"Invalid copy operation with path: {patch.path} and from {patch.source}. Valid copy:path are "
            f"[/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, {_OVERRIDES}]"
        )
    canary = stage.canary
    if canary is None:
        raise bad_request("Promotion not available. Canary does not exist.")
    if patch.path == _VARIABLES:
        return replace(stage, variables={**stage.variables, **canary.stage_variable_overrides})
    return replace(stage, deployment_id=stage.deployment_id if canary.deployment_id is None else canary.deployment_id)


def _with_variable(before: Any, patch: Patch, name: str) -> dict[str, Any]:
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


def _with_canary(cloud: Cloud, stage: Stage, patch: Patch) -> Stage:
    if patch.path == "/canarySettings":
        if patch.op != "remove":
            raise _invalid(patch)
        return replace(stage, canary=None)
    canary = stage.canary or Canary(0.0, stage.deployment_id)
    if patch.path.startswith(_OVERRIDES):
        overrides = _with_variable(canary.stage_variable_overrides, patch, patch.after(_OVERRIDES + "/"))
        return replace(stage, canary=replace(canary, stage_variable_overrides=overrides))
    if patch.path == "/canarySettings/deploymentId" and patch.op == "replace":
        return replace(
            stage, canary=replace(canary, deployment_id=stage_deployment(cloud, str(stage.api_id), patch.value))
        )
    if patch.path not in _CANARY or patch.op != "replace":
        raise _invalid(patch)
    name, reading = _CANARY[patch.path]
    changed: Any = {name: reading(patch.value)}
    return replace(stage, canary=replace(canary, **changed))


def _with_log(log: AccessLog | None, patch: Patch) -> AccessLog | None:
    if patch.path == _LOG and patch.op == "remove":
        return None
    names = {_LOG + "/destinationArn": "destination_arn", _LOG + "/format": "format"}
    if patch.path not in names or patch.op == "remove":
        raise _invalid(patch)
    changed: Any = {names[patch.path]: patch.value}
    return replace(log or AccessLog("", _COMMON_LOG), **changed)


_COMMON_LOG = (
    '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod '
    '$context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId'
)


def _with_setting(stage: Stage, patch: Patch) -> Stage:
    of_one = _METHOD_SETTING.fullmatch(patch.path)
    if patch.op == "remove":
        return _without_setting(stage, patch)
    if of_one is None:
        raise _invalid(patch)
    name, reading = _SETTINGS[of_one["setting"]]
    changed: Any = {name: reading(patch.value)}
    path, method = of_one["path"], of_one["method"]
    key = "" if path.startswith(("~1", ANY)) else f"{path}/{method}"
    return _with_values(stage, _place(path, method), changed, key)


def _with_values(stage: Stage, place: tuple[str, str], changed: dict[str, Any], key: str) -> Stage:
    """Return a stage with values set for a method, or for all; a new setting gets a key."""
    settings = {(one.resource_path, one.http_method): one for one in stage.method_settings}
    all_methods = default_setting(stage)
    if place == (ANY, ANY):  # the other values stay those of the setting for all methods
        settings = {at: one if at == place else begun_with(one, all_methods) for at, one in settings.items()}
    begun = settings.get(place) or replace(all_methods, resource_path=place[0], http_method=place[1], key=key)
    settings[place] = replace(begun_with(begun, all_methods), **changed)
    return replace(stage, method_settings=tuple(settings.values()))


def _without_setting(stage: Stage, patch: Patch) -> Stage:
    of_one = _METHOD.fullmatch(patch.path)
    if of_one is None:
        raise _invalid(patch)
    place = _place(of_one["path"], of_one["method"])
    kept = tuple(one for one in stage.method_settings if (one.resource_path, one.http_method) != place)
    if len(kept) == len(stage.method_settings):
        named = patch.path.removeprefix("/")
        raise bad_request(f"Cannot remove method setting {named} because there is no method setting for this method ")
    if place == (ANY, ANY):
        kept = tuple(map(partial(begun_with, whole=default_setting(stage)), kept))
    return replace(stage, method_settings=kept)


def _place(path: str, method: str) -> tuple[str, str]:
    return setting_path(path), method
