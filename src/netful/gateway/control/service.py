"""Handler for the service `apigateway`: finds the operation of a request, and answers as AWS does."""

import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from netful.gateway.calls.identifiers import new_identifiers
from netful.gateway.control import domains
from netful.gateway.control.http import http_apis, http_deployments, http_stages
from netful.gateway.control.operations.faults import ControlError, bad_request, unavailable, unknown_operation
from netful.gateway.control.operations.operation_request import OperationRequest, asked
from netful.gateway.control.operations.site import Change, Operation, Site
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
from netful.model.cloud import Cloud
from netful.model.core.errors import SourceError, UnkeptError
from netful.model.steps import Becomes
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
        http_deployments,
    )
    for one in noun.OPERATIONS
)


class Control:
    """API Gateway's API for a running stack. The stack applies the change of an operation as a step to its next cloud.

    `operations` are those of this package, and those that create and delete resources (`account.apigateway`).
    """

    def __init__(self, site: Site, stack: Becomes, operations: Sequence[Operation] = OPERATIONS) -> None:
        self._site = site
        self._stack = stack
        self._operations = operations

    async def handle(self, request: Request) -> Response:
        """Answer a request to API Gateway's API."""
        try:
            operation, names = found(self._operations, request)
            wanted = asked(request, names, document=operation.document)
            if isinstance(operation, Change):
                answer = await self._changed(operation, wanted)
            else:
                answer = operation.does(self._site, wanted)
                answer = await answer if inspect.isawaitable(answer) else answer
            response = Response(operation.status) if answer is None else json_response(operation.status, answer)
            return replace(response, own=self._named())
        except ControlError as error:
            return replace(error.response, own=self._named())
        except SourceError as error:
            return replace(bad_request(str(error)).response, own=self._named())
        except UnkeptError as error:
            return replace(unavailable(str(error)).response, own=self._named())

    def _named(self) -> Headers:
        return (("x-amzn-RequestId", new_identifiers(self._site.clock()).request_id),)

    async def _changed(self, operation: Change, wanted: OperationRequest) -> Any:
        """Change the stack to the cloud that an operation makes of the stack's cloud at that time."""
        draft, answer = self._site, None

        def step(cloud: Cloud) -> Cloud:
            nonlocal draft, answer
            draft = self._site.draft(cloud)
            answer = operation.does(draft, wanted)
            return draft.cloud

        await self._stack.become(step)
        self._site.take(draft)
        for stage_id in draft.emptied:
            await self._site.flush(stage_id)
        return answer


def found(operations: Iterable[Operation], request: Request) -> tuple[Operation, dict[str, str]]:
    """Return the operation of a request, with the names in its path; raises ControlError for one that is not served."""
    mode = parse_qs(request.query).get("mode", [""])[0]
    for operation in operations:
        if operation.method != request.method or operation.mode not in ("", mode):
            continue
        match = _pattern(operation.path).fullmatch(request.path)
        if match is not None:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    raise unknown_operation(f"{request.method} {unquote(request.path)}")


@lru_cache(None)
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "/?")
