"""How a function's asynchronous invocations are retried, and who is told: from the template's resources (lambda §4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netful.model.cloud import Cloud

_CONFIG = "AWS::Lambda::EventInvokeConfig"


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Attempts after the first, the greatest age in seconds, and the ARNs of who is told; "" for nobody."""

    maximum_retry_attempts: int = 2
    maximum_event_age: int = 21_600
    on_success: str = ""
    on_failure: str = ""
    dead_letter: str = ""


def event_settings(cloud: Cloud, function_id: str) -> EventSettings:
    """What the template says of a function: its EventInvokeConfig and its DeadLetterConfig."""
    own = cloud.resources.get(function_id)
    config = _config_of(cloud, function_id)
    destinations = _part(config, "DestinationConfig")
    return EventSettings(
        maximum_retry_attempts=_number(config.get("MaximumRetryAttempts"), 2),
        maximum_event_age=_number(config.get("MaximumEventAgeInSeconds"), 21_600),
        on_success=_arn(_part(destinations, "OnSuccess").get("Destination")),
        on_failure=_arn(_part(destinations, "OnFailure").get("Destination")),
        dead_letter=_arn(_part(own.properties if own else {}, "DeadLetterConfig").get("TargetArn")),
    )


def _config_of(cloud: Cloud, function_id: str) -> Mapping[str, Any]:
    names = {function_id, cloud.functions[function_id].function_name}
    configs = (resource.properties for resource in cloud.resources.values() if resource.type == _CONFIG)
    return next((c for c in configs if str(c.get("FunctionName")).rpartition(":")[2] in names), {})


def _part(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = properties.get(name)
    return part if isinstance(part, Mapping) else {}


def _number(value: object, default: int) -> int:
    text = str(value)
    return int(text) if text.isdigit() else default


def _arn(value: object) -> str:
    return value if isinstance(value, str) and value.startswith("arn:") else ""
