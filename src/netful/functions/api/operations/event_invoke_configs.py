"""Retries and destinations of asynchronous invocations, by function, version or alias (lambda §4.4)."""

import time
from collections.abc import Mapping
from typing import Any

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.refusals import invalid_parameter, no_such_resource
from netful.functions.code.versions import LATEST
from netful.functions.events.event_settings import CONFIG, event_invoke_configs
from netful.model.core import Resource, whole_number

_CHANGED = "netful:LastModified"
_BEGAN = time.time()
_NUMBERS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")
_DESTINATIONS = "DestinationConfig"


async def _put_event_invoke_config(call: Call) -> Reply:
    """PutFunctionEventInvokeConfig: missing members get Lambda's defaults."""
    return await _set(call, {})


async def _update_event_invoke_config(call: Call) -> Reply:
    """UpdateFunctionEventInvokeConfig: missing members stay unchanged."""
    return await _set(call, _of(call).properties)


async def _get_event_invoke_config(call: Call) -> Reply:
    return document(200, _record(call, _of(call)))


async def _list_event_invoke_configs(call: Call) -> Reply:
    found = event_invoke_configs(call.cloud, call.function.id)
    record = [_record(call, config) for config in found.values()]
    return page(call.request, record, "FunctionEventInvokeConfigs")


async def _delete_event_invoke_config(call: Call) -> Reply:
    await call.service.updates.amend(gone={_of(call).id})
    return Reply(204)


async def _set(call: Call, before: Mapping[str, Any]) -> Reply:
    call.version()
    members = {name: call.request[name] for name in (*_NUMBERS, _DESTINATIONS) if name in call.request}
    if not members:
        raise invalid_parameter("You must specify at least one of error handling or destination setting.")
    cloud, qualifier = call.cloud, call.qualifier or LATEST
    known = event_invoke_configs(cloud, call.function.id).get(qualifier)
    named = {"FunctionName": call.function.function_name, "Qualifier": qualifier, _CHANGED: time.time()}
    config = Resource(
        known.id if known else f"{call.function.id} {qualifier} events", CONFIG, {**before, **members, **named}
    )
    await call.service.updates.amend(config)
    return document(200, _record(call, config))


def _of(call: Call) -> Resource:
    call.version()
    found = event_invoke_configs(call.cloud, call.function.id).get(call.qualifier or LATEST)
    if found is None:
        arn = call.arn(call.qualifier or LATEST)
        raise no_such_resource(f"The function {arn} doesn't have an EventInvokeConfig")
    return found


def _record(call: Call, config: Resource) -> dict[str, Any]:
    written = config.properties
    numbers = {name: whole_number(written.get(name)) for name in _NUMBERS}
    record: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    destinations = written.get(_DESTINATIONS)
    parts: Mapping[str, Any] = destinations if isinstance(destinations, Mapping) else {}
    targets = {name: {"Destination": _target(parts.get(name))} for name in ("OnSuccess", "OnFailure")}
    return {
        "LastModified": written.get(_CHANGED, _BEGAN),
        "FunctionArn": call.arn(str(written.get("Qualifier") or LATEST)),
        **record,
        _DESTINATIONS: {name: one if one["Destination"] else {} for name, one in targets.items()},
    }


def _target(written: Any) -> str:
    target = written.get("Destination") if isinstance(written, Mapping) else None
    return target if isinstance(target, str) else ""


OPERATIONS: dict[str, Operation] = {
    "PutFunctionEventInvokeConfig": _put_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": _update_event_invoke_config,
    "GetFunctionEventInvokeConfig": _get_event_invoke_config,
    "DeleteFunctionEventInvokeConfig": _delete_event_invoke_config,
    "ListFunctionEventInvokeConfigs": _list_event_invoke_configs,
}
