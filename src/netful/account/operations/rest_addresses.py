"""The operation that a request of a REST protocol asks for, by its address."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from botocore.model import OperationModel

from netful.account.operations.query_api import Operation
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import operation_model
from netful.service_models import service_model
from netful.services.http.message import Request


class Addressed(NamedTuple):
    """An operation as the service's model declares it, with the function that serves it, and the parts of the request's address."""

    declared: service_model.Operation
    model: OperationModel
    serve: Operation
    labels: Mapping[str, str]
    query: list[tuple[str, str]]


def addressed(service: str, operations: Mapping[str, Operation], request: Request) -> Addressed:
    """Return the operation of a request. Raises ApiError for one that is not served."""
    query = parse_qsl(request.query, keep_blank_values=True)
    found = service_model.service_model(service).operation(request.method, request.path, dict(query))
    model = operation_model(service, found[0].name) if found else None
    serve = operations.get(model.name) if model is not None else None
    if found is None or model is None or serve is None:
        name = found[0].name if found else f"{request.method} {request.path}"
        raise ApiError("UnknownOperationException", f"The operation {name} is not served", 404)
    return Addressed(found[0], model, serve, found[1], query)
