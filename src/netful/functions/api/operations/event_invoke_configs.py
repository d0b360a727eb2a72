"""Retries and destinations of asynchronous invocations, by function, version or alias (lambda §4.4)."""

import time
from collections.abc import Mapping
from typing import Any

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.code.versions import LATEST
from netful.functions.events.event_settings import CONFIG, event_invoke_configs
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource

_CHANGED = "netful:LastModified"
_BEGAN = time.time()
_NUMBERS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")
_DESTINATIONS = "DestinationConfig"


async def put_event_invoke_config(context: Context, request: Request) -> Reply:
    """PutFunctionEventInvokeConfig: missing members get Lambda's defaults."""
    return await _set(context, request, {})


async def update_event_invoke_config(context: Context, request: Request) -> Reply:
    """UpdateFunctionEventInvokeConfig: missing members stay unchanged."""
    return await _set(context, request, _of(context, context.named(request)).properties)


async def get_event_invoke_config(context: Context, request: Request) -> Reply:
    """GetFunctionEventInvokeConfig."""
    one = context.named(request)
    return document(200, _record(context, one, _of(context, one)))


async def list_event_invoke_configs(context: Context, request: Request) -> Reply:
    """ListFunctionEventInvokeConfigs."""
    one = context.named(request)
    found = event_invoke_configs(context.service().cloud, one.function.id)
    record = [_record(context, Named(one.function, qualifier), config) for qualifier, config in found.items()]
    return page(request, record, "FunctionEventInvokeConfigs")


async def delete_event_invoke_config(context: Context, request: Request) -> Reply:
    """DeleteFunctionEventInvokeConfig."""
    await context.service().updates.amend(gone={_of(context, context.named(request)).id})
    return Reply(204)


async def _set(context: Context, request: Request, before: Mapping[str, Any]) -> Reply:
    one = context.named(request)
    context.version(one)
    members = {name: request[name] for name in (*_NUMBERS, _DESTINATIONS) if name in request}
    if not members:
        raise invalid_parameter("You must specify at least one of error handling or destination setting.")
    cloud, qualifier = context.service().cloud, one.qualifier or LATEST
    known = event_invoke_configs(cloud, one.function.id).get(qualifier)
    named = {"FunctionName": one.function.function_name, "Qualifier": qualifier, _CHANGED: time.time()}
    config = Resource(
        known.id if known else f"{one.function.id} {qualifier} events", CONFIG, {**before, **members, **named}
    )
    await context.service().updates.amend(config)
    return document(200, _record(context, one, config))


def _of(context: Context, one: Named) -> Resource:
    context.version(one)
    found = event_invoke_configs(context.service().cloud, one.function.id).get(one.qualifier or LATEST)
    if found is None:
        arn = context.arn(one, one.qualifier or LATEST)
        raise InvokeRefused(404, "ResourceNotFoundException", f"The function {arn} doesn't have an EventInvokeConfig")
    return found


def _record(context: Context, one: Named, config: Resource) -> dict[str, Any]:
    written = config.properties
    numbers = {name: whole_number(written.get(name)) for name in _NUMBERS}
    record: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    destinations = written.get(_DESTINATIONS)
    parts: Mapping[str, Any] = destinations if isinstance(destinations, Mapping) else {}
    targets = {name: {"Destination": _target(parts.get(name))} for name in ("OnSuccess", "OnFailure")}
    return {
        "LastModified": written.get(_CHANGED, _BEGAN),
        "FunctionArn": context.arn(one, one.qualifier or LATEST),
        **record,
        _DESTINATIONS: {name: one if one["Destination"] else {} for name, one in targets.items()},
    }


def _target(written: Any) -> str:
    target = written.get("Destination") if isinstance(written, Mapping) else None
    return target if isinstance(target, str) else ""


OPERATIONS: dict[str, Operation] = {
    "PutFunctionEventInvokeConfig": put_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": update_event_invoke_config,
    "GetFunctionEventInvokeConfig": get_event_invoke_config,
    "DeleteFunctionEventInvokeConfig": delete_event_invoke_config,
    "ListFunctionEventInvokeConfigs": list_event_invoke_configs,
}
