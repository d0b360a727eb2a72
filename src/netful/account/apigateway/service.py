"""Handler for the service `apigateway`: finds the operation of a request, and answers as AWS does."""

import inspect
import re
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from netful.account.apigateway import account_settings, exports, tags, vpc_links
from netful.account.apigateway.domains import access_associations, domain_names, mappings, routing_rules
from netful.account.apigateway.http import http_apis, models
from netful.account.apigateway.http import parts as http_parts
from netful.account.apigateway.live import (
    deployments,
    http_deployments,
    http_stages,
    key_imports,
    keys,
    plans,
    rest_stages,
    usage,
)
from netful.account.apigateway.operations.faults import bad_request, unavailable
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site, asked
from netful.account.apigateway.rest import (
    documentation,
    gateway_responses,
    methods,
    parts,
    resources,
    responses,
    rest_apis,
    test_invoke_authorizer,
    test_invoke_method,
)
from netful.account.wire.errors import ApiError
from netful.gateway.calls.identifiers import new_identifiers
from netful.model.cloud import Cloud
from netful.model.core import SourceError, UnkeptError
from netful.model.steps import Becomes
from netful.services.http.message import Headers, Request, Response
from netful.services.http.wire import json_response

_NOUNS = (
    rest_apis, resources, methods, responses, parts, documentation, gateway_responses, test_invoke_method, test_invoke_authorizer,
    domain_names, mappings, routing_rules, access_associations, vpc_links, account_settings, tags, http_apis, http_parts, models,
    http_stages, http_deployments, rest_stages, deployments, plans, key_imports, keys, usage, exports,
)  # fmt: skip
_NO_CONTENT = 204
OPERATIONS: tuple[Operation, ...] = tuple(one for noun in _NOUNS for one in noun.OPERATIONS)


class Control:
    """API Gateway's API for a running stack. The stack applies the change of an operation as a step to its next cloud."""

    def __init__(self, site: Site, stack: Becomes) -> None:
        self._site = site
        self._stack = stack

    async def handle(self, request: Request) -> Response:
        """Answer a request to API Gateway's API."""
        try:
            operation, names = _found(request)
            wanted = asked(request, names, document=operation.document)
            if isinstance(operation, Change):
                answer = await self._changed(operation, wanted)
            else:
                answer = operation.does(self._site, wanted)
                answer = await answer if inspect.isawaitable(answer) else answer
            return replace(_response(operation, answer), own=self._named())
        except ApiError as error:
            return self._refusal(error)
        except SourceError as error:
            return self._refusal(bad_request(str(error)))
        except UnkeptError as error:
            return self._refusal(unavailable(str(error)))

    def _refusal(self, error: ApiError) -> Response:
        headers = (("x-amzn-ErrorType", error.code),)
        return replace(json_response(error.status, {"message": error.message}, headers), own=self._named())

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


def _response(operation: Operation, answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None and operation.path.startswith("/v2/") and operation.status != _NO_CONTENT:
        answer = {}
    return Response(operation.status) if answer is None else json_response(operation.status, answer)


def _found(request: Request) -> tuple[Operation, dict[str, str]]:
    """Return the operation of a request, with the names in its path; raises ApiError for one that is not served."""
    mode = parse_qs(request.query).get("mode", [""])[0]
    for operation in OPERATIONS:
        if operation.method != request.method or operation.mode not in ("", mode):
            continue
        match = _pattern(operation.path).fullmatch(request.path)
        if match is not None:
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    what = f"{request.method} {unquote(request.path)}"
    raise ApiError("UnknownOperationException", f"netful does not serve {what} of API Gateway's API", 404)


@lru_cache(None)
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "/?")
