"""Context of the Lambda API's operations: the function service, and the function and version that a request names."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from netful.functions.api.protocol.message import Reply
from netful.functions.api.protocol.names import Named, function_arn, named
from netful.functions.api.protocol.refusals import not_found, precondition_failed
from netful.functions.code.versions import LATEST, Revision, Version, Versions
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core.frozen import Frozen

Request: TypeAlias = Mapping[str, Any]
"""The members of a request, by their names in Lambda's model, which has checked them."""

FetchObject = Callable[[str, str, str], Awaitable[bytes]]
"""Reads an object of S3, by its bucket, key and version ("" for the newest); raises InvokeRefused."""


CheckSource = Callable[[str], Awaitable[None]]
"""Raises InvokeRefused if an event source, by its ARN, does not exist."""


async def no_objects(bucket: str, key: str, _version: str) -> bytes:
    """Refuse every object: a context without S3."""
    raise InvokeRefused(400, "InvalidParameterValueException", f"Error occurred while GetObject: {bucket}/{key}")


async def any_source(_arn: str) -> None:
    """Accept every event source: a context without queues."""


class Context(Frozen, dict=True):
    """The services of an operation.

    `service` is called for each request, since it can change; `trace_id` is the request's.
    """

    service: Callable[[], FunctionService]
    events: EventQueue
    fetch_object: FetchObject = no_objects
    check_source: CheckSource = any_source
    trace_id: str = ""

    def named(self, request: Request, *, latest: bool = False) -> Named:
        """Return the function that a request names; `latest` as for `names.named`."""
        return named(self.service().cloud, request["FunctionName"], request.get("Qualifier", ""), latest=latest)

    def changeable(self, request: Request) -> Named:
        """Return the function that a request changes.

        Raises InvokeRefused while it is Pending or an update is in progress.
        """
        one, service = self.named(request), self.service()
        service.lifecycle.check_settled(one.function.id)
        service.updates.moves.check_over(one.function.id, function_arn(service.cloud, one.function.function_name))
        return one

    def versions(self, one: Named) -> Versions:
        """Return all versions of a function."""
        return self.service().versions[one.function.id]

    def version(self, one: Named) -> Version:
        """Return the version that the request names; raises InvokeRefused if it does not exist."""
        found = self.versions(one).get(one.qualifier)
        if found is None:
            raise self.missing(one)
        return found

    def arn(self, one: Named, qualifier: str) -> str:
        """Return a function's ARN, of its version or alias if a qualifier is given."""
        return function_arn(self.service().cloud, one.function.function_name, qualifier)

    def missing(self, one: Named) -> InvokeRefused:
        """Return the error for a missing function or version."""
        return not_found(self.arn(one, one.qualifier or LATEST))


Operation = Callable[[Context, Request], Awaitable[Reply]]


def check_revision(expected: object, revision: Revision) -> None:
    """Raise InvokeRefused if the caller expects another revision."""
    if expected and expected != revision.id:
        raise precondition_failed()
