"""The operations of the Lambda API that a running stack serves (lambda §5.1, §5.3).

docs/reference/lambda-api.md says which and how far. What the template says is the truth: a change lasts until the stack changes or ends, and any other operation is refused
and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from netful.functions.api.operations import (
    concurrency,
    creation,
    event_invoke_configs,
    event_sources,
    fixed_settings,
    functions,
    invocations,
    layers,
    permissions,
    tags,
    urls,
    versions,
)
from netful.functions.api.protocol.context import Context, FetchObject, Operation, Route, no_objects
from netful.functions.api.protocol.message import Call, Reply
from netful.functions.api.protocol.refusals import no_such_resource, not_implemented, refusal
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core.errors import NetfulError

ROUTES: tuple[Route, ...] = (
    *invocations.ROUTES,
    *functions.ROUTES,
    *creation.ROUTES,
    *versions.ROUTES,
    *concurrency.ROUTES,
    *urls.ROUTES,
    *event_sources.ROUTES,
    *permissions.ROUTES,
    *event_invoke_configs.ROUTES,
    *tags.ROUTES,
    *layers.ROUTES,
    *fixed_settings.ROUTES,
)
_OPERATION = re.compile(r"/\d{4}-\d\d-\d\d/.+")
_COMPILED: tuple[tuple[str, re.Pattern[str], Operation], ...] = tuple(
    (method, re.compile(pattern), operation) for method, pattern, operation in ROUTES
)


class LambdaApi:
    """Serves the Lambda API for the functions of a stack."""

    def __init__(
        self, service: Callable[[], FunctionService], events: EventQueue, fetch_object: FetchObject = no_objects
    ) -> None:
        self._context = Context(service, events, fetch_object)

    async def handle(self, call: Call) -> Reply:
        """Answer a call; whatever Lambda would refuse is a reply too."""
        try:
            return await self._handle(call)
        except InvokeRefused as error:
            return refusal(error)
        except NetfulError as problem:
            state = "The operation cannot be performed at this time. The function is currently in the following state:"
            return refusal(InvokeRefused(409, "ResourceConflictException", f"{state} Failed ({problem.what})"))

    async def _handle(self, call: Call) -> Reply:
        for method, pattern, operation in _COMPILED:
            match = pattern.fullmatch(call.path) if method == call.method else None
            if match is not None:
                return await operation(self._context, call, match.groupdict())
        if _OPERATION.match(call.path):
            raise not_implemented(f"{call.method} {call.path}: change the template, and run `netful up` again")
        raise no_such_resource()
