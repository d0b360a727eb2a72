"""Retries and destinations of a function's asynchronous invocations, from the template's resources (lambda §4.4)."""

from collections.abc import Mapping
from typing import Any

from netful.functions.code.versions import LATEST
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, mapping, whole_number

CONFIG = "AWS::Lambda::EventInvokeConfig"


class EventSettings(Frozen):
    """Retries, the maximum age in seconds, and the ARNs of the destinations; "" without a destination."""

    maximum_retry_attempts: int = 2
    maximum_event_age: int = 21_600
    on_success: str = ""
    on_failure: str = ""
    dead_letter: str = ""


def event_settings(cloud: Cloud, function_id: str, qualifier: str = "") -> EventSettings:
    """Return the settings of a function's version or alias: EventInvokeConfig and the function's DeadLetterConfig."""
    function = cloud.compute.functions.get(function_id)
    found = event_invoke_configs(cloud, function_id).get(qualifier or LATEST)
    config: Mapping[str, Any] = found.properties if found else {}
    destinations = mapping(config.get("DestinationConfig"))
    return EventSettings(
        maximum_retry_attempts=whole_number(config.get("MaximumRetryAttempts"), 2),
        maximum_event_age=whole_number(config.get("MaximumEventAgeInSeconds"), 21_600),
        on_success=_arn(mapping(destinations.get("OnSuccess")).get("Destination")),
        on_failure=_arn(mapping(destinations.get("OnFailure")).get("Destination")),
        dead_letter=_arn(function.dead_letter_arn) if function else "",
    )


def event_invoke_configs(cloud: Cloud, function_id: str) -> dict[str, Resource]:
    """Return a function's EventInvokeConfigs by their qualifiers."""
    configs = [*cloud.template.of_type(CONFIG)]
    own = (one for one in configs if cloud.function_of(str(one.properties.get("FunctionName")), one.id) == function_id)
    return {str(one.properties.get("Qualifier") or LATEST): one for one in own}


def _arn(value: object) -> str:
    return value if isinstance(value, str) and value.startswith("arn:") else ""
