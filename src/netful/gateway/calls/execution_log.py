"""Execution log of one call: lines as API Gateway writes them, if the setting of its method enables them (§5.17)."""

from netful.engine.admission.execution_logs import Verbosity, failure, shown
from netful.services.http.message import Response


class ExecutionLog:
    """Lines of a call so far."""

    def __init__(self, verbosity: Verbosity) -> None:
        self._verbosity = verbosity
        self.lines: list[str] = []

    def info(self, text: str) -> None:
        """Write a line of level INFO."""
        if self._verbosity.info:
            self.lines.append(text)

    def data(self, text: str) -> None:
        """Write a line of the data trace."""
        if self._verbosity.data:
            self.lines.append(text)

    def sending(self, uri: str, headers: dict[str, str], body: bytes) -> None:
        """Write the request that the integration receives."""
        self.data(f"Endpoint request URI: {uri}")
        self.data(f"Endpoint request headers: {shown(headers)}")
        self.data(f"Endpoint request body after transformations: {body.decode(errors='replace')}")
        self.info(f"Sending request to {uri}")

    def received(self, status: int, millis: int, headers: dict[str, str], body: bytes) -> None:
        """Write the answer of the integration."""
        self.info(f"Received response. Status: {status}, Integration latency: {millis} ms")
        self.data(f"Endpoint response headers: {shown(headers)}")
        self.data(f"Endpoint response body before transformations: {body.decode(errors='replace')}")

    def failed(self, why: str) -> None:
        """Write the reason why the gateway answers in place of the integration."""
        if self._verbosity.error and why:
            self.lines.append(failure(why))

    def finished(self, response: Response, *, well: bool) -> None:
        """Write the response for the client."""
        if well:
            self.data(f"Method response body after transformations: {response.body.decode(errors='replace')}")
            self.data(f"Method response headers: {shown(dict((*response.headers, *response.own)))}")
            self.info("Successfully completed execution")
        self.info(f"Method completed with status: {response.status}")
