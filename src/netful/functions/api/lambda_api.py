"""Operations of the Lambda API that a running stack serves (lambda §5.1, §5.3).

docs/reference/lambda-api.md lists them. A change lasts as long as the account: it is over where a template changes the function.
Lambda's model (service_models) finds the operation of a request and validates its members. An operation that is not
served is rejected by name.
"""

from collections.abc import Callable

from netful.functions.api.operations import (
    concurrency,
    creation,
    event_invoke_configs,
    event_sources,
    fixed_settings,
    functions,
    invocations,
    layer_permissions,
    layer_versions,
    layers,
    permissions,
    tags,
    urls,
    versions,
)
from netful.functions.api.protocol.call import (
    Call,
    CheckSource,
    Context,
    FetchObject,
    Operation,
    any_source,
    no_objects,
)
from netful.functions.api.protocol.message import OperationCall, Reply
from netful.functions.api.protocol.refusals import no_such_resource, not_implemented, refusal, unkept
from netful.functions.code.versions import LATEST
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import NetfulError, UnkeptError
from netful.service_models.requests import ConstraintError, Given, SerializationError, members
from netful.service_models.service_model import service_model

OPERATIONS: dict[str, Operation] = {
    **invocations.OPERATIONS,
    **functions.OPERATIONS,
    **creation.OPERATIONS,
    **versions.OPERATIONS,
    **concurrency.OPERATIONS,
    **urls.OPERATIONS,
    **event_sources.OPERATIONS,
    **permissions.OPERATIONS,
    **event_invoke_configs.OPERATIONS,
    **tags.OPERATIONS,
    **layers.OPERATIONS,
    **layer_versions.OPERATIONS,
    **layer_permissions.OPERATIONS,
    **fixed_settings.OPERATIONS,
}

_WITH_CODE = frozenset({"CreateFunction", "UpdateFunctionCode", "PublishLayerVersion"})
_IMPLYING_LATEST = frozenset(
    {"GetFunction", "GetFunctionConfiguration", "Invoke", "InvokeAsync", "InvokeWithResponseStream"}
)
_LARGEST_REQUEST = 70_167_211
"""Bytes of a request with code (lambda §5.5)."""


class LambdaApi:
    """Serves the Lambda API for the functions of a stack."""

    def __init__(
        self,
        service: Callable[[], FunctionService],
        events: EventQueue,
        fetch_object: FetchObject = no_objects,
        check_source: CheckSource = any_source,
    ) -> None:
        self._context = Context(service, events, fetch_object, check_source)

    async def handle(self, call: OperationCall) -> Reply:
        """Answer a call; an error of Lambda is also a reply."""
        try:
            return await self._handle(call)
        except InvokeRefused as error:
            return refusal(error)
        except SerializationError as error:
            return refusal(InvokeRefused(400, "SerializationException", str(error)))
        except ConstraintError as error:
            return refusal(InvokeRefused(400, "ValidationException", str(error)))
        except UnkeptError as problem:
            return refusal(unkept(problem))
        except NetfulError as problem:
            state = "The operation cannot be performed at this time. The function is currently in the following state:"
            return refusal(InvokeRefused(409, "ResourceConflictException", f"{state} Failed ({problem.what})"))

    async def _handle(self, call: OperationCall) -> Reply:
        model = service_model("lambda")
        found = model.operation(call.method, call.path, call.query)
        if found is None:
            raise no_such_resource()
        operation, labels = found
        if operation.name not in OPERATIONS:
            raise not_implemented(operation.name)
        given = Given(labels, call.pairs or (*call.query.items(),), call.headers, call.body)
        if operation.name in _WITH_CODE and len(call.body) > _LARGEST_REQUEST:
            message = f"Request must be smaller than {_LARGEST_REQUEST} bytes for the {operation.name} operation"
            raise InvokeRefused(413, "RequestEntityTooLargeException", message)
        request = members(model, operation, given, self._accepts)
        implied = LATEST if operation.name in _IMPLYING_LATEST else ""
        trace_id = call.headers.get("x-amzn-trace-id", "")
        return await OPERATIONS[operation.name](Call(self._context, request, implied, trace_id, call.region))

    def _accepts(self, shape: str, text: str) -> bool:
        """Accept the template's names as ids, and any runtime: the model does not decide which runtimes work."""
        network = self._context.service().cloud.network
        return shape == "Runtime" or text in network.subnets or text in network.security_groups
