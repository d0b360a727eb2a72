"""What of a call an execution log has, and which log it is (api-gateway §5.17).

| level of the method's setting | what is written |
|---|---|
| INFO | every line; those that show headers and bodies where data tracing is on |
| ERROR | what went wrong |
| OFF, none | nothing |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netful.engine.usage.throttles import Limit, setting_for
from netful.model.apis.api import ApiRoute
from netful.model.apis.stage import Stage
from netful.model.apis.usage import Quota

_LONGEST = 1024  # bytes of one event
DENIED = "Access denied. Reason: "
"""How the line of a client begins that is not let in."""
_EXCEEDED = "API Key "


@dataclass(frozen=True, slots=True)
class Verbosity:
    """How much is written of a route's calls."""

    info: bool = False
    error: bool = False
    data: bool = False


def verbosity(stage: Stage, route: ApiRoute) -> Verbosity:
    """How much is written of the calls of a route in a stage."""
    setting = setting_for(stage, route)
    level = (setting.logging_level or "OFF").upper()
    info = level == "INFO"
    return Verbosity(info, info or level == "ERROR", info and bool(setting.data_trace_enabled))


def writes(stage: Stage) -> bool:
    """Whether anything is written of a stage's calls."""
    return any((setting.logging_level or "OFF").upper() != "OFF" for setting in stage.method_settings)


def group(api_id: str, stage: Stage) -> str:
    """The log group of a stage; its canary has one of its own."""
    canary = "/Canary" if stage.is_canary else ""
    return f"API-Gateway-Execution-Logs_{api_id}/{stage.stage_name}{canary}"


def event(request_id: str, text: str) -> str:
    """A line as an event of the log."""
    whole = f"({request_id}) {text}".encode()
    return whole[:_LONGEST].decode(errors="ignore")


def failure(why: str) -> str:
    """The line of a call that the gateway has ended: who is not let in, or has had enough, is told of so; all else has failed."""
    return why if why.startswith((DENIED, _EXCEEDED)) else f"Execution failed due to {why}"


def key_throttled(key: str, api_id: str, stage: str, plan_id: str, resource_id: str, method: str, limit: Limit) -> str:
    """The line of a call that its key's own throttle refuses (§3.6)."""
    rate = f"{limit.rate:.2f}" if isinstance(limit.rate, int | float) else limit.rate
    return (
        f"{_EXCEEDED}{masked_key(key)} exceeded throttle limit for API Stage {api_id}/{stage}: "
        f"Key throttle limit exceeded for Usage Plan ID {plan_id}, RestApi {api_id}, Stage {stage}, "
        f"Resource {resource_id}, HttpMethod {method}. Limit: {rate} Burst: {limit.burst}"
    )


def key_spent(key: str, api_id: str, stage: str, plan_id: str, quota: Quota) -> str:
    """The line of a call whose key has spent its quota."""
    return (
        f"{_EXCEEDED}{masked_key(key)} exceeded quota limit for API Stage {api_id}/{stage}: "
        f"Key quota exhausted for Usage Plan ID {plan_id}. Limit: {quota.limit} Period: {quota.period}"
    )


def masked_key(key: str) -> str:
    """A key's value as logs show it."""
    return f"****{key[-6:]}" if key else ""


def shown(values: Mapping[str, str | Sequence[str]]) -> str:
    """Headers or parameters as a log shows them; who signs is masked."""
    parts = (f"{name}={_masked(name, value)}" for name, value in values.items())
    return f"{{{', '.join(parts)}}}"


def _masked(name: str, value: str | Sequence[str]) -> str:
    text = value if isinstance(value, str) else ",".join(value)
    hidden = name.lower() in ("authorization", "x-api-key")
    return masked(text) if hidden else text


def masked(text: str) -> str:
    """A secret as a log shows it: its last six characters."""
    return "*" * max(len(text) - 6, 0) + text[-6:]
