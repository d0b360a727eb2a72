"""A service of the JSON protocols, and of their successor in CBOR: the operations that are served, each a function over the cloud."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import OperationModel

from netful.account.operations.query_api import Operation, fault_of
from netful.account.wire import cbor
from netful.account.wire.coercion import answered
from netful.account.wire.errors import ApiError
from netful.account.wire.json_texts import decoded
from netful.account.wire.service_model import operation_model
from netful.model.core import UnkeptError
from netful.service_models.requests import ConstraintError, SerializationError, check
from netful.service_models.service_model import service_model as model
from netful.services.http.message import Request, Response
from netful.services.http.wire import json_response


class JsonApi:
    """The handler of one service. Other operations are refused as AWS refuses unknown ones.

    `invalid` is the service's code for a request that violates a constraint of its model.
    """

    def __init__(self, service: str, operations: Mapping[str, Operation], invalid: str = "ValidationException") -> None:
        self._service = service
        self._operations = operations
        self._invalid = invalid

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        newer = cbor.operation_of(request)
        name = newer or request.header("x-amz-target").rpartition(".")[2]
        operation = operation_model(self._service, name)
        try:
            answer = await self._answer(operation, name, request.body, cbor.parameters if newer else decoded)
        except (ApiError, UnkeptError) as problem:
            fault = fault_of(problem)
            if newer:
                return cbor.error(fault)
            content = {"__type": fault.code, "message": fault.message, "Message": fault.message}
            return json_response(fault.status, content, (("x-amzn-ErrorType", fault.code),))
        if newer and operation is not None:
            return cbor.response(200, operation.output_shape, answer)
        return json_response(200, answer)

    async def _answer(
        self, operation: OperationModel | None, name: str, body: bytes, read: Callable[[bytes], Any]
    ) -> Mapping[str, Any]:
        serve = self._operations.get(name)
        if operation is None or serve is None:
            raise ApiError("UnknownOperationException", f"The operation {name} is not served")
        try:
            asked = read(body) if body else {}
        except ValueError as error:
            raise ApiError("SerializationException", "the body cannot be read") from error
        if not isinstance(asked, dict):
            raise ApiError("SerializationException", "the body is not an object")
        try:
            check(model(self._service), model(self._service).operations[name], asked)
        except (SerializationError, RecursionError) as error:
            raise ApiError("SerializationException", str(error)) from error
        except ConstraintError as error:
            raise ApiError(self._invalid, str(error)) from error
        return answered(operation, await serve(asked))
