"""Answers of a running stack: the result of an invocation, and the response to a request."""

import json
from collections.abc import Mapping
from typing import Any

from netful.model.core import Frozen


class Invocation(Frozen):
    """Result of an invocation. `function_error` is None unless the function failed; `init_ms` is None for a warm environment.

    `hint` is what mends a failure that netful recognizes.
    """

    status_code: int
    payload: bytes
    function_error: str | None
    log_tail: str
    duration_ms: float
    init_ms: float | None
    request_id: str
    hint: str = ""

    @property
    def ok(self) -> bool:
        """True if the function returned without an error."""
        return not self.function_error

    def json(self) -> Any:
        """Return the payload as JSON. Raise ValueError if it is not."""
        return json.loads(self.payload)


class Response(Frozen):
    """Response to an HTTP request; names of headers are in lower case, and repeated ones are joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Return the body as JSON. Raise ValueError if it is not."""
        return json.loads(self.body)
