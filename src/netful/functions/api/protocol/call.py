"""Calls of the Lambda API's operations: what all use, and the function and version that a request names."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from netful.functions.api.protocol.message import Reply
from netful.functions.api.protocol.names import Named, function_arn, named
from netful.functions.api.protocol.refusals import not_found, precondition_failed
from netful.functions.code.versions import LATEST, Revision, Version, Versions
from netful.functions.environments.service import FunctionService
from netful.functions.events.event_queue import EventQueue
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function

Request: TypeAlias = Mapping[str, Any]
"""The members of a request, by their names in Lambda's model, which has checked them."""

FetchObject = Callable[[str, str, str], Awaitable[bytes]]
"""Reads an object of S3, by its bucket, key and version ("" for the newest); raises InvokeRefused."""


CheckSource = Callable[[str, int], Awaitable[None]]
"""Raises InvokeRefused if an event source, by its ARN, does not exist, or is not made for a function with this timeout."""


async def no_objects(bucket: str, key: str, _version: str) -> bytes:
    """Refuse every object: a context without S3."""
    raise InvokeRefused(400, "InvalidParameterValueException", f"Error occurred while GetObject: {bucket}/{key}")


async def any_source(_arn: str, _timeout: int) -> None:
    """Accept every event source: a context without queues."""


class Context(Frozen):
    """The things that all operations use. `service` is called for each operation, since it can change."""

    service: Callable[[], FunctionService]
    events: EventQueue
    fetch_object: FetchObject = no_objects
    check_source: CheckSource = any_source


class Call(Frozen, dict=True):
    """One call of an operation: its request, and the function and version that it names.

    `implied`: the version in the error for a function that does not exist, if the request names none. `trace_id` is a header's, and
    `region` that of the request.
    """

    context: Context
    request: Request
    implied: str = ""
    trace_id: str = ""
    region: str = ""

    @property
    def service(self) -> FunctionService:
        """The service that runs the functions now."""
        return self.context.service()

    @property
    def cloud(self) -> Cloud:
        """The cloud that runs now."""
        return self.service.cloud

    @cached_property
    def named(self) -> Named:
        """The function that the request names, as it was at the beginning. Raises InvokeRefused if it does not exist."""
        text, qualifier = self.request["FunctionName"], self.request.get("Qualifier", "")
        return named(self.cloud, text, qualifier, self.implied, self.region)

    @property
    def function(self) -> Function:
        """The function that the request names."""
        return self.named.function

    @property
    def qualifier(self) -> str:
        """The version or alias that the request names, "" for none."""
        return self.named.qualifier

    @property
    def versions(self) -> Versions:
        """All versions of the function."""
        return self.service.versions[self.function.id]

    def version(self) -> Version:
        """Return the version that the request names; raises InvokeRefused if it does not exist."""
        found = self.versions.get(self.qualifier)
        if found is None:
            raise not_found(self.arn(self.qualifier or LATEST))
        return found

    def arn(self, qualifier: str = "") -> str:
        """Return the function's ARN, of its version or alias if a qualifier is given."""
        return function_arn(self.cloud, self.function, qualifier)

    def check_changeable(self) -> None:
        """Raise InvokeRefused while the function is Pending or an update is in progress."""
        self.service.lifecycle.check_settled(self.function.id)
        self.service.updates.moves.check_over(self.function.id, self.arn())


Operation = Callable[[Call], Awaitable[Reply]]


def check_revision(expected: object, revision: Revision) -> None:
    """Raise InvokeRefused if the caller expects another revision."""
    if expected and expected != revision.id:
        raise precondition_failed()
