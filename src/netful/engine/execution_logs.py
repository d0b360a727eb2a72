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

from netful.engine.throttles import setting_for
from netful.model.api import Route
from netful.model.stage import Stage

_LONGEST = 1024  # bytes of one event
DENIED = "Access denied. Reason: "
"""How the line of a client begins that is not let in."""


@dataclass(frozen=True, slots=True)
class Verbosity:
    """How much is written of a route's calls."""

    info: bool = False
    error: bool = False
    data: bool = False


def verbosity(stage: Stage, route: Route) -> Verbosity:
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
    """The line of a call that the gateway has ended: a client that is not let in is denied, all else has failed."""
    return why if why.startswith(DENIED) else f"Execution failed due to {why}"


def shown(values: Mapping[str, str | Sequence[str]]) -> str:
    """Headers or parameters as a log shows them; who signs is masked."""
    parts = (f"{name}={_masked(name, value)}" for name, value in values.items())
    return f"{{{', '.join(parts)}}}"


def _masked(name: str, value: str | Sequence[str]) -> str:
    text = value if isinstance(value, str) else ",".join(value)
    hidden = name.lower() in ("authorization", "x-api-key")
    return "*" * max(len(text) - 6, 0) + text[-6:] if hidden else text
