"""A service of the REST-XML protocol: the operations that are served, each a function over the cloud."""

import uuid
from collections.abc import Mapping

from netful.account.operations.query_api import Operation, fault_of
from netful.account.operations.rest_addresses import addressed
from netful.account.wire import rest_xml
from netful.account.wire.errors import ApiError
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
        found = addressed(self._service, self._operations, request)
        asked = rest_xml.parameters(found.model, found.labels, request.query, request.body)
        try:
            check(service_model(self._service), found.declared, asked)
        except (ConstraintError, SerializationError) as error:
            raise ApiError("InvalidInput", str(error)) from error
        result = await found.serve(asked)
        status = int(found.model.http.get("responseCode", 200))
        return Response(status, rest_xml.headers(found.model, result), rest_xml.answer(found.model, result))
