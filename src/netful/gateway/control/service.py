"""The handler for the service `apigateway`: finds the operation that a request is, and answers as AWS does.

An operation that changes something waits for those before it, so that none is lost.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote

from netful.gateway.calls.identifiers import new_identifiers
from netful.gateway.control import domains
from netful.gateway.control.http import http_apis, http_stages
from netful.gateway.control.operations.faults import ControlError, of_the_template
from netful.gateway.control.operations.operation_request import OperationRequest, asked
from netful.gateway.control.operations.site import Operation, Site
from netful.gateway.control.rest import (
    deployments,
    gateway_responses,
    resources,
    rest_apis,
    stages,
    test_invoke_authorizer,
    test_invoke_method,
)
from netful.gateway.control.usage import keys, plans, usage
from netful.services.http.message import Headers, Request, Response
from netful.services.http.wire import json_response

OPERATIONS: tuple[Operation, ...] = tuple(
    one
    for noun in (
        rest_apis,
        gateway_responses,
        resources,
        stages,
        deployments,
        plans,
        keys,
        usage,
        domains,
        test_invoke_method,
        test_invoke_authorizer,
        http_apis,
        http_stages,
    )
    for one in noun.OPERATIONS
)
_TRIALS = frozenset((*test_invoke_method.OPERATIONS, *test_invoke_authorizer.OPERATIONS))


class Control:
    """API Gateway's API for a running stack. `changing` is held by whoever changes the stack's cloud."""

    def __init__(self, site: Site, changing: asyncio.Lock) -> None:
        self._site = site
        self._changing = changing

    async def handle(self, request: Request) -> Response:
        """Answer a request to API Gateway's API."""
        try:
            operation, names = found(request.method, request.path)
            wanted = asked(request, names)
            if request.method == "GET" or operation in _TRIALS:
                return await self._answer(operation, wanted)
            async with self._changing:
                return await self._answer(operation, wanted)
        except ControlError as error:
            return replace(error.response, own=self._named())

    def _named(self) -> Headers:
        return (("x-amzn-RequestId", new_identifiers(self._site.clock()).request_id),)

    async def _answer(self, operation: Operation, wanted: OperationRequest) -> Response:
        answer = operation.does(self._site, wanted)
        if inspect.isawaitable(answer):
            answer = await answer
        response = Response(operation.status) if answer is None else json_response(operation.status, answer)
        return replace(response, own=self._named())


def found(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """The operation that a request is, with the names in its path; raises ControlError for one that is not served."""
    for operation in OPERATIONS:
        match = _pattern(operation.path).fullmatch(path) if operation.method == method else None
        if match is not None:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    raise of_the_template(f"{method} {unquote(path)} of API Gateway's API")


@lru_cache(None)
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "/?")
