"""The operations of the Lambda API that a running stack serves (lambda §5.1, §5.3).

| operation | |
|---|---|
| Invoke | RequestResponse, Event, DryRun; the log's tail, client context, qualifiers |
| GetFunction, GetFunctionConfiguration, ListFunctions, GetAccountSettings | from the template |
| UpdateFunctionConfiguration | environment, timeout, memory and handler, until the stack changes or ends |

What the template says is the truth: any other operation that would change it is refused, and says so.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from netful.functions.api.configuration import Revision, configuration, listed
from netful.functions.api.message import Call, Reply, document
from netful.functions.api.names import Named, function_arn, named
from netful.functions.api.refusals import invalid_parameter, no_such_resource, not_implemented, refusal
from netful.functions.api.updates import updated
from netful.functions.event_queue import EventQueue
from netful.functions.invocation import Invocation, InvokeRefused
from netful.functions.invocation_record import Event
from netful.functions.service import FunctionService, check_payload
from netful.model.errors import NetfulError

_ASYNC_PAYLOAD = 1024 * 1024
_CONTEXT_LENGTH = 3583
_PAGE = 50
_FUNCTIONS = r"/\d{4}-\d\d-\d\d/functions"
_ONE = _FUNCTIONS + r"/(?P<name>[^/]+)"


class LambdaApi:
    """Serves the Lambda API for the functions of a stack: `service` is asked for each call, since it can be another."""

    def __init__(self, service: Callable[[], FunctionService], events: EventQueue) -> None:
        self._service = service
        self._events = events
        self._revisions: dict[str, Revision] = {}
        self._created = Revision.now()

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
        for method, pattern, operation in _OPERATIONS:
            match = re.fullmatch(pattern, call.path)
            if match is not None and method == call.method:
                return await operation(self, call, match.groupdict())
        if re.match(_FUNCTIONS, call.path):
            raise not_implemented(f"{call.method} {call.path}: change the template, and run `netful up` again")
        raise no_such_resource()

    def _named(self, call: Call, part: Mapping[str, str]) -> Named:
        return named(self._service().cloud, part["name"], call.query.get("Qualifier", ""))

    def _revision(self, function_id: str) -> Revision:
        return self._revisions.get(function_id, self._created)

    async def invoke(self, call: Call, part: Mapping[str, str]) -> Reply:
        """Invoke: run the function, put an event into its queue, or only check."""
        one = self._named(call, part)
        kind = call.headers.get("x-amz-invocation-type") or "RequestResponse"
        check_payload(call.body or b"{}")
        match kind:
            case "RequestResponse":
                return await self._request(one, call)
            case "Event":
                return self._event(one, call)
            case "DryRun":
                return Reply(204)
            case _:
                raise invalid_parameter(f"Invalid invocation type: {kind}")

    async def _request(self, one: Named, call: Call) -> Reply:
        context = _client_context(call.headers.get("x-amz-client-context", ""))
        trace_id = call.headers.get("x-amzn-trace-id", "")
        done = await self._service().invoke(one.function.id, call.body, client_context=context, trace_id=trace_id)
        tail = call.headers.get("x-amz-log-type") == "Tail"
        return Reply(200, done.payload, _response_headers(one, done, tail=tail))

    def _event(self, one: Named, call: Call) -> Reply:
        if len(call.body) > _ASYNC_PAYLOAD:
            message = f"Request must be smaller than {_ASYNC_PAYLOAD} bytes for the InvokeFunction operation"
            raise InvokeRefused(413, "RequestEntityTooLargeException", message)
        arn = function_arn(self._service().cloud, one.function.function_name)
        context = _client_context(call.headers.get("x-amz-client-context", ""))
        event = Event(one.function.id, arn, str(uuid.uuid4()), call.body or b"{}", context)
        self._events.put(event)
        return Reply(202, headers=(("x-amzn-RequestId", event.request_id),))

    async def get_function(self, call: Call, part: Mapping[str, str]) -> Reply:
        """GetFunction."""
        one = self._named(call, part)
        location = f"file://{quote(one.function.code.local_path or '')}"
        reserved = one.function.reserved_concurrent_executions
        told = {
            "Configuration": self._configuration(one),
            "Code": {"RepositoryType": "S3", "Location": location},
        }
        return document(200, told | ({} if reserved is None else _reserved(reserved)))

    async def get_function_configuration(self, call: Call, part: Mapping[str, str]) -> Reply:
        """GetFunctionConfiguration."""
        return document(200, self._configuration(self._named(call, part)))

    async def update_function_configuration(self, call: Call, part: Mapping[str, str]) -> Reply:
        """UpdateFunctionConfiguration."""
        one = self._named(call, part)
        service = self._service()
        function = updated(one.function, call.body)
        await service.reconfigure(function)
        self._revisions[function.id] = Revision.now()
        return document(200, self._configuration(named(service.cloud, function.function_name)))

    async def get_function_concurrency(self, call: Call, part: Mapping[str, str]) -> Reply:
        """GetFunctionConcurrency."""
        reserved = self._named(call, part).function.reserved_concurrent_executions
        return document(200, {} if reserved is None else {"ReservedConcurrentExecutions": reserved})

    async def list_functions(self, call: Call, _part: Mapping[str, str]) -> Reply:
        """ListFunctions, by the functions' names."""
        service = self._service()
        functions = sorted(service.cloud.functions.values(), key=lambda function: function.function_name)
        size = min(_whole(call.query.get("MaxItems", ""), _PAGE), _PAGE)
        start = _whole(call.query.get("Marker", ""), 0)
        page = functions[start : start + size]
        told = [listed(service.cloud, service, function, self._revision(function.id)) for function in page]
        more = {"NextMarker": str(start + size)} if start + size < len(functions) else {}
        return document(200, {"Functions": told, **more})

    async def get_account_settings(self, _call: Call, _part: Mapping[str, str]) -> Reply:
        """GetAccountSettings."""
        service = self._service()
        functions = service.cloud.functions.values()
        reserved = sum(function.reserved_concurrent_executions or 0 for function in functions)
        limit = {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": service.concurrency,
            "UnreservedConcurrentExecutions": service.concurrency - reserved,
        }
        size = sum(service.code_size(function.id) for function in functions)
        return document(
            200, {"AccountLimit": limit, "AccountUsage": {"TotalCodeSize": size, "FunctionCount": len(functions)}}
        )

    def _configuration(self, one: Named) -> dict[str, object]:
        service = self._service()
        return configuration(service.cloud, service, one, self._revision(one.function.id))


_Operation = Callable[[LambdaApi, Call, Mapping[str, str]], Awaitable[Reply]]
_OPERATIONS: tuple[tuple[str, str, _Operation], ...] = (
    ("POST", _ONE + "/invocations", LambdaApi.invoke),
    ("GET", _FUNCTIONS + "/?", LambdaApi.list_functions),
    ("GET", _ONE, LambdaApi.get_function),
    ("GET", _ONE + "/configuration", LambdaApi.get_function_configuration),
    ("PUT", _ONE + "/configuration", LambdaApi.update_function_configuration),
    ("GET", _ONE + "/concurrency", LambdaApi.get_function_concurrency),
    ("GET", r"/2016-08-19/account-settings/?", LambdaApi.get_account_settings),
)


def _response_headers(one: Named, done: Invocation, *, tail: bool) -> tuple[tuple[str, str], ...]:
    headers = [
        ("Content-Type", "application/json"),
        ("x-amzn-RequestId", done.request_id),
        ("X-Amz-Executed-Version", one.version),
    ]
    if done.function_error:
        headers.append(("X-Amz-Function-Error", done.function_error))
    if tail:
        headers.append(("X-Amz-Log-Result", base64.b64encode(done.log_tail).decode()))
    return tuple(headers)


def _client_context(encoded: str) -> str:
    refused = InvokeRefused(
        400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
    )
    if len(encoded) > _CONTEXT_LENGTH:
        raise refused
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise refused from error


def _reserved(reserved: int) -> dict[str, object]:
    return {"Concurrency": {"ReservedConcurrentExecutions": reserved}}


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default
