"""A service of the REST-XML protocol: the operations that are served, each a function over the cloud."""

import uuid
from collections.abc import Mapping
from urllib.parse import parse_qsl

from netful.account.operations.query_api import Operation, fault_of
from netful.account.wire import rest_xml
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import operation_model
from netful.model.core import UnkeptError
from netful.service_models.requests import ConstraintError, SerializationError, check
from netful.service_models.service_model import service_model
from netful.services.http.message import Request, Response


class RestXmlApi:
    """The handler of one service. Other requests are refused as AWS refuses an unknown operation."""

    def __init__(self, service: str, operations: Mapping[str, Operation]) -> None:
        self._service = service
        self._operations = operations

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        request_id = str(uuid.uuid4())
        try:
            return await self._answer(request)
        except (ApiError, UnkeptError) as problem:
            fault = fault_of(problem)
            return Response(fault.status, rest_xml.HEADERS, rest_xml.error(fault, request_id))

    async def _answer(self, request: Request) -> Response:
        model = service_model(self._service)
        found = model.operation(request.method, request.path, dict(parse_qsl(request.query)))
        operation = operation_model(self._service, found[0].name) if found else None
        serve = self._operations.get(operation.name) if operation is not None else None
        if found is None or operation is None or serve is None:
            name = found[0].name if found else f"{request.method} {request.path}"
            raise ApiError("UnknownOperationException", f"The operation {name} is not served", 404)
        asked = rest_xml.parameters(operation, found[1], request.query, request.body)
        try:
            check(model, found[0], asked)
        except (ConstraintError, SerializationError) as error:
            raise ApiError("InvalidInput", str(error)) from error
        result = await serve(asked)
        status = int(operation.http.get("responseCode", 200))
        return Response(status, rest_xml.headers(operation, result), rest_xml.answer(operation, result))
