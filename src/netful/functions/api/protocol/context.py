"""Context of the Lambda API's operations: the function service, and the function and version that a request names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from netful.functions.api.protocol.message import Reply
from netful.functions.api.protocol.names import Named, function_arn, named
from netful.functions.api.protocol.refusals import not_found, precondition_failed
from netful.functions.code.versions import LATEST, Revision, Version, Versions
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused

Asked: TypeAlias = Mapping[str, Any]
"""The members of a request, by their names in Lambda's model, which has checked them."""

FetchObject = Callable[[str, str, str], Awaitable[bytes]]
"""Reads an object of S3, by its bucket, key and version ("" for the newest); raises InvokeRefused."""


async def no_objects(bucket: str, key: str, _version: str) -> bytes:
    """Refuse every object: a context without S3."""
    raise InvokeRefused(400, "InvalidParameterValueException", f"Error occurred while GetObject: {bucket}/{key}")


@dataclass(frozen=True)
class Context:
    """The parts that operations need. `service` is called for each request, since it can change; `trace_id` is the request's."""

    service: Callable[[], FunctionService]
    events: EventQueue
    fetch_object: FetchObject = no_objects
    trace_id: str = ""

    def named(self, asked: Asked) -> Named:
        """Return the function that a request names."""
        return named(self.service().cloud, asked["FunctionName"], asked.get("Qualifier", ""))

    def changeable(self, asked: Asked) -> Named:
        """Return the function that a request changes; raises InvokeRefused while it is Pending, or an update under way."""
        one, service = self.named(asked), self.service()
        service.lifecycle.check_settled(one.function.id)
        service.moves.check_over(one.function.id, function_arn(service.cloud, one.function.function_name))
        return one

    def versions(self, one: Named) -> Versions:
        """All that a function has."""
        return self.service().versions[one.function.id]

    def version(self, one: Named) -> Version:
        """Return the version that is named; raises InvokeRefused where it does not exist."""
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


Operation = Callable[[Context, Asked], Awaitable[Reply]]


def check_revision(asked: object, revision: Revision) -> None:
    """Raise InvokeRefused where the caller expects another revision."""
    if asked and asked != revision.id:
        raise precondition_failed()
