"""A service of the JSON protocols: the operations that are served, each a function over the cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from netful.account.query_api import Operation
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import operation_model
from netful.account.wire.validation import problems
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
        name = request.header("x-amz-target").rpartition(".")[2]
        try:
            return json_response(200, await self._answer(name, request.body))
        except ApiError as fault:
            content = {"__type": fault.code, "message": fault.message, "Message": fault.message}
            return json_response(fault.status, content, (("x-amzn-ErrorType", fault.code),))

    async def _answer(self, name: str, body: bytes) -> Mapping[str, Any]:
        operation, serve = operation_model(self._service, name), self._operations.get(name)
        if operation is None or serve is None:
            raise ApiError("UnknownOperationException", f"The operation {name} is not served")
        try:
            asked = json.loads(body or b"{}")
        except ValueError as error:
            raise ApiError("SerializationException", "the body cannot be read") from error
        if not isinstance(asked, dict):
            raise ApiError("SerializationException", "the body is not an object")
        if said := problems(operation, asked):
            raise ApiError(self._invalid, said)
        return await serve(asked)
