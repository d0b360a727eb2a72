"""A service of the query protocols: the operations that are served, each a function over the cloud."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from netful.account.wire import query
from netful.account.wire.errors import DRY_RUN, ApiError, invalid_action, missing_parameter
from netful.account.wire.kept_answers import KeptAnswers
from netful.account.wire.service_model import operation_model, service_model
from netful.model.core import UnkeptError
from netful.service_models.requests import ConstraintError, SerializationError, check
from netful.service_models.service_model import service_model as model
from netful.services.http.message import Request, Response

Parameters = Mapping[str, Any]
Operation = Callable[[Parameters], Awaitable[Mapping[str, Any]]]
"""Answers with the members of the operation's output shape. Raises ApiError."""


def fault_of(problem: ApiError | UnkeptError) -> ApiError:
    """Return an error as a client receives it. Nothing is wrong with a request that cannot be kept: a full disk, for example."""
    return problem if isinstance(problem, ApiError) else ApiError("ServiceUnavailable", str(problem), 503)


class QueryApi:
    """The handler of one service. Other operations are refused as AWS refuses unknown ones.

    `validated`: the service answers with `ValidationError` for constraints of its model, and has this version only. `kept` has
    answers that still hold.
    """

    def __init__(
        self,
        service: str,
        operations: Mapping[str, Operation],
        *,
        validated: bool = False,
        kept: KeptAnswers | None = None,
    ) -> None:
        self._service = service
        self._operations = operations
        self._validated = validated
        self._kept = kept

    async def handle(self, request: Request) -> Response:
        """Answer a request."""
        request_id = str(uuid.uuid4())
        kept, running = self._kept, None
        if kept is not None and request.method == "POST":
            found, running = kept.find(request.body, request_id), kept.now()
            if found:
                return Response(200, query.HEADERS, found)
        form = query.form_of(request)
        name = form.get("Action", "")
        try:
            answer = await self._answer(name, form, request_id)
        except (ApiError, UnkeptError) as problem:
            fault, protocol = fault_of(problem), str(service_model(self._service).metadata["protocol"])
            return Response(fault.status, query.HEADERS, query.error(protocol, fault, request_id))
        if kept is not None and running is not None:
            kept.keep(name, request.body, request_id, answer, running)
        return Response(200, query.HEADERS, answer)

    async def _answer(self, name: str, form: Mapping[str, str], request_id: str) -> bytes:
        operation = operation_model(self._service, name)
        serve = self._operations.get(name)
        if operation is None or serve is None:
            raise invalid_action(name)
        if (
            self._validated
            and form.get("Version", operation.service_model.api_version) != operation.service_model.api_version
        ):
            raise invalid_action(name)
        asked = query.parameters(operation, form)
        if self._validated:
            try:
                check(model(self._service), model(self._service).operations[name], asked)
            except (ConstraintError, SerializationError) as error:
                raise ApiError("ValidationError", str(error)) from error
        lacking = next(query.missing(operation.input_shape, asked), None) if self._service == "ec2" else None
        if lacking is not None:
            raise missing_parameter(lacking)
        result = await serve(asked)
        if asked.get("DryRun"):
            raise DRY_RUN
        token = {"ClientToken": asked.get("ClientToken")}  # shown where the operation's answer has it
        return query.answer(operation, {**token, **result}, request_id)
