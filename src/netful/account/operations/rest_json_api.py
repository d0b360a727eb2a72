"""A service of the REST-JSON protocol: the operations that are served, each a function over the cloud."""

from collections.abc import Mapping

from netful.account.operations.query_api import Operation, fault_of
from netful.account.operations.rest_addresses import addressed
from netful.account.wire import rest_json
from netful.account.wire.coercion import answered
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import service_model as shapes
from netful.model.core import UnkeptError
from netful.service_models.requests import ConstraintError, Given, SerializationError, members
from netful.service_models.service_model import service_model
from netful.services.http.message import Request, Response
from netful.services.http.wire import json_response


class RestJsonApi:
    """The handler of one service. Other requests are refused as AWS refuses an unknown operation.

    `invalid` is the service's code for a request that violates a constraint of its model.
    """

    def __init__(self, service: str, operations: Mapping[str, Operation], invalid: str = "ValidationException") -> None:
        self._service = service
        self._operations = operations
        self._invalid = invalid

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return await self._answer(request)
        except (ApiError, UnkeptError) as problem:
            refusal = fault_of(problem)
        content = {"message": refusal.message, "Message": refusal.message, "ErrorCode": refusal.code}
        return json_response(self._status(refusal), content, (("x-amzn-ErrorType", refusal.code),))

    def _status(self, refusal: ApiError) -> int:
        """Return the status of an error, as the service's model has it."""
        model = shapes(self._service)
        shape = model.shape_for(refusal.code) if refusal.code in model.shape_names else None
        error = shape.metadata.get("error") if shape is not None else None
        return int((error or {}).get("httpStatusCode", refusal.status))

    async def _answer(self, request: Request) -> Response:
        found = addressed(self._service, self._operations, request)
        given = Given(found.labels, found.query, request.first, request.body)
        try:
            asked = members(service_model(self._service), found.declared, given)
        except (ConstraintError, SerializationError) as error:
            raise ApiError(self._invalid, str(error)) from error
        body = rest_json.answer(found.model, answered(found.model, await found.serve(asked)))
        return json_response(int(found.model.http.get("responseCode", 200)), body)
