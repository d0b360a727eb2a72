"""Execution log of a REST API stage: its name, level and lines (api-gateway §5.17).

| level of the method's setting | lines |
|---|---|
| INFO | all; lines with headers and bodies only if data tracing is on |
| ERROR | errors |
| OFF, or no level | none |
"""

from collections.abc import Mapping, Sequence

from netful.engine.usage.throttles import Limit, setting_for
from netful.model.apis.api import ApiRoute
from netful.model.apis.stage import Stage
from netful.model.apis.usage import Quota
from netful.model.core import Frozen

_LONGEST = 1024  # bytes of one event
DENIED = "Access denied. Reason: "
"""Start of the line for a rejected client."""
_EXCEEDED = "API Key "


class Verbosity(Frozen):
    """Extent of the log of a route's calls."""

    info: bool = False
    error: bool = False
    data: bool = False


def verbosity(stage: Stage, route: ApiRoute) -> Verbosity:
    """Return the extent of the log of a route's calls in a stage."""
    setting = setting_for(stage, route)
    level = (setting.logging_level or "OFF").upper()
    info = level == "INFO"
    return Verbosity(info, info or level == "ERROR", info and bool(setting.data_trace_enabled))


def writes(stage: Stage) -> bool:
    """Return whether a stage logs any calls."""
    return any((setting.logging_level or "OFF").upper() != "OFF" for setting in stage.method_settings)


def group(api_id: str, stage: Stage) -> str:
    """Return the name of a stage's log group; its canary has a separate one."""
    canary = "/Canary" if stage.is_canary else ""
    return f"API-Gateway-Execution-Logs_{api_id}/{stage.stage_name}{canary}"


def event(request_id: str, text: str) -> str:
    """Return a line as an event of the log."""
    whole = f"({request_id}) {text}".encode()
    return whole[:_LONGEST].decode(errors="ignore")


def failure(why: str) -> str:
    """Return the final line of a failed call. Rejected and throttled calls keep their own text."""
    return why if why.startswith((DENIED, _EXCEEDED)) else f"Execution failed due to {why}"


def key_throttled(key: str, api_id: str, stage: str, plan_id: str, resource_id: str, method: str, limit: Limit) -> str:
    """Return the line of a call that its key's own throttle rejects (§3.6)."""
    rate = f"{limit.rate:.2f}" if isinstance(limit.rate, int | float) else limit.rate
    return (
        f"{_EXCEEDED}{masked_key(key)} exceeded throttle limit for API Stage {api_id}/{stage}: "
        f"Key throttle limit exceeded for Usage Plan ID {plan_id}, RestApi {api_id}, Stage {stage}, "
        f"Resource {resource_id}, HttpMethod {method}. Limit: {rate} Burst: {limit.burst}"
    )


def key_spent(key: str, api_id: str, stage: str, plan_id: str, quota: Quota) -> str:
    """Return the line of a call whose key has used up its quota."""
    return (
        f"{_EXCEEDED}{masked_key(key)} exceeded quota limit for API Stage {api_id}/{stage}: "
        f"Key quota exhausted for Usage Plan ID {plan_id}. Limit: {quota.limit} Period: {quota.period}"
    )


def masked_key(key: str) -> str:
    """Return a key's value as logs show it."""
    return f"****{key[-6:]}" if key else ""


def shown(values: Mapping[str, str | Sequence[str]]) -> str:
    """Return headers or parameters as a log shows them, with masked credentials."""
    parts = (f"{name}={_masked(name, value)}" for name, value in values.items())
    return f"{{{', '.join(parts)}}}"


def _masked(name: str, value: str | Sequence[str]) -> str:
    text = value if isinstance(value, str) else ",".join(value)
    hidden = name.lower() in ("authorization", "x-api-key")
    return masked(text) if hidden else text


def masked(text: str) -> str:
    """Return a secret as a log shows it: only its last six characters."""
    return "*" * max(len(text) - 6, 0) + text[-6:]
