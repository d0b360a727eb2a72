"""What the operations of the Lambda API work on, and how they find the function and version that a call names."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netful.functions.api.protocol.message import Call, Reply
from netful.functions.api.protocol.names import Named, function_arn, named
from netful.functions.api.protocol.refusals import not_found, precondition_failed
from netful.functions.code.versions import LATEST, Revision, Version, Versions
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused

FetchObject = Callable[[str, str, str], Awaitable[bytes]]
"""Reads an object of S3, by its bucket, key and version ("" for the newest); raises InvokeRefused."""


async def no_objects(bucket: str, key: str, _version: str) -> bytes:
    """There is no S3."""
    raise InvokeRefused(400, "InvalidParameterValueException", f"Error occurred while GetObject: {bucket}/{key}")


@dataclass(frozen=True)
class Context:
    """`service` is asked for each call, since it can be another."""

    service: Callable[[], FunctionService]
    events: EventQueue
    fetch_object: FetchObject = no_objects

    def named(self, call: Call, part: Mapping[str, str]) -> Named:
        """The function that a call names."""
        return named(self.service().cloud, part["name"], call.query.get("Qualifier", ""))

    def changeable(self, call: Call, part: Mapping[str, str]) -> Named:
        """The function that a call wants to change; raises InvokeRefused while it is Pending, or an update under way."""
        one, service = self.named(call, part), self.service()
        service.lifecycle.check_settled(one.function.id)
        service.moves.check_over(one.function.id, function_arn(service.cloud, one.function.function_name))
        return one

    def versions(self, one: Named) -> Versions:
        """All that a function has."""
        return self.service().versions[one.function.id]

    def version(self, one: Named) -> Version:
        """The version that is named; raises InvokeRefused where there is none."""
        found = self.versions(one).get(one.qualifier)
        if found is None:
            raise self.missing(one)
        return found

    def arn(self, one: Named, qualifier: str) -> str:
        """A function's ARN, of its version or alias where a qualifier is given."""
        return function_arn(self.service().cloud, one.function.function_name, qualifier)

    def missing(self, one: Named) -> InvokeRefused:
        """The refusal for a function or version that is not there."""
        return not_found(self.arn(one, one.qualifier or LATEST))


Operation = Callable[[Context, Call, Mapping[str, str]], Awaitable[Reply]]
Route = tuple[str, str, Operation]
"""Method, pattern of the path, operation."""

FUNCTIONS = r"/\d{4}-\d\d-\d\d/functions"
ONE = FUNCTIONS + r"/(?P<name>[^/]+)"


def content(body: bytes) -> dict[str, Any]:
    """A request's JSON object."""
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise InvokeRefused(400, "InvalidRequestContentException", "Could not parse request body into json") from error
    return found if isinstance(found, dict) else {}


def check_revision(asked: object, revision: Revision) -> None:
    """Raise InvokeRefused where a caller counts on another revision."""
    if asked and asked != revision.id:
        raise precondition_failed()
