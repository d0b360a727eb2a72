"""The execution log of one call: lines as API Gateway writes them, where its method's setting asks for them (§5.17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.admission.execution_logs import Verbosity, failure, masked_key, shown

if TYPE_CHECKING:
    from netful.gateway.calls.call import Call
    from netful.services.http.message import Response


class ExecutionLog:
    """The lines of a call so far."""

    def __init__(self, verbosity: Verbosity) -> None:
        self._verbosity = verbosity
        self.lines: list[str] = []

    def begun(self, call: Call) -> None:
        """The call is let through."""
        names, request, route = call.names, call.request, call.route
        key, stage = call.identity.get("apiKey", ""), f"{call.api.id}/{call.stage.stage_name}"
        shown_key = masked_key(key)
        self._info(f"Extended Request Id: {names.extended_id}")
        self._info(f"Verifying Usage Plan for request: {names.request_id}. API Key: {shown_key} API Stage: {stage}")
        if not key:
            self._info(
                f"API Key  authorized because method '{request.method} {route.path}' does not require API Key. "
                "Request will not contribute to throttle or quota limits"
            )
        self._info(f"Usage Plan check succeeded for API Key {shown_key} and API Stage {stage}")
        self.started(call)

    def started(self, call: Call) -> None:
        """The method is looked at."""
        names, request, route = call.names, call.request, call.route
        self._info(f"Starting execution for request: {names.request_id}")
        self._info(f"HTTP Method: {request.method}, Resource Path: {route.path}")
        self._data(f"Method request path: {shown(call.path_parameters)}")
        self._data(f"Method request query string: {shown(call.query)}")
        self._data(f"Method request headers: {shown(call.headers)}")
        self._data(f"Method request body before transformations: {call.text}")

    def sending(self, uri: str, headers: dict[str, str], body: bytes) -> None:
        """The integration is asked."""
        self._data(f"Endpoint request URI: {uri}")
        self._data(f"Endpoint request headers: {shown(headers)}")
        self._data(f"Endpoint request body after transformations: {body.decode(errors='replace')}")
        self._info(f"Sending request to {uri}")

    def received(self, status: int, millis: int, headers: dict[str, str], body: bytes) -> None:
        """The integration has answered."""
        self._info(f"Received response. Status: {status}, Integration latency: {millis} ms")
        self._data(f"Endpoint response headers: {shown(headers)}")
        self._data(f"Endpoint response body before transformations: {body.decode(errors='replace')}")

    def failed(self, why: str) -> None:
        """The gateway answers in the integration's place."""
        if self._verbosity.error and why:
            self.lines.append(failure(why))

    def finished(self, response: Response, *, well: bool) -> None:
        """The client is answered."""
        if well:
            self._data(f"Method response body after transformations: {response.body.decode(errors='replace')}")
            self._data(f"Method response headers: {shown(dict((*response.headers, *response.own)))}")
            self._info("Successfully completed execution")
        self._info(f"Method completed with status: {response.status}")

    def _info(self, text: str) -> None:
        if self._verbosity.info:
            self.lines.append(text)

    def _data(self, text: str) -> None:
        if self._verbosity.data:
            self.lines.append(text)
