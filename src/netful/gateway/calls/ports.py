"""The gateway's interface to the rest of a stack."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from netful.engine.integrations.web_requests import WebRequest
from netful.functions.invocations.invocation import Invocation
from netful.services.http.message import Request, Response

Send: TypeAlias = Callable[[WebRequest], Coroutine[Any, Any, Response]]
"""Send a request to a web server; raises UnreachableError."""

Run: TypeAlias = Callable[..., Awaitable[Any]]
"""Call a pure function with its arguments, apart from the turns of the gateway; raises its errors, and ApartError."""


class Ports(Protocol):
    """Functions, services and web servers.

    A function is called by its id, with an event, the header of a trace, and the qualifier of a version or an alias ("" without one), and
    a tenant ("" without tenant isolation).
    """

    async def invoke(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = "", /
    ) -> Invocation:
        """Run a function; raises InvokeRefused, or NetfulError."""

    async def invoke_streaming(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str, tenant_id: str = "", /
    ) -> Response:
        """Run a function; the response's stream is that of the function (gateway.integrations.streaming.of_function).

        Raises as `invoke` does.
        """

    def invoke_later(self, function_id: str, event: bytes, qualifier: str, tenant_id: str = "", /) -> None:
        """Put an event into the queue of a function."""

    def call_host(self, host: str, request: Request, /) -> Awaitable[Response]:
        """Call the AWS service that answers on a host."""

    async def send(self, request: WebRequest, /) -> Response:
        """Send a request to a web server; raises UnreachableError."""

    async def send_streaming(self, request: WebRequest, /) -> Response:
        """Send a request to a web server; the response has a stream in place of a body. Raises UnreachableError."""
