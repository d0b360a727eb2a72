"""AWS clients of the interpreter: botocore makes the requests and reads the answers, and the daemon answers.

moto's interpreter calls moto's own back ends, without a role. Here each call goes to the daemon with the role of the
state machine, so that functions and tasks of the stack run, and policies hold. Making a client takes 50 ms, so each is made once.
"""

import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto.core.botocore_stubber import MockRawResponse

from netful.services.backends.frames import RoleCall
from netful.services.moto.call_trace import TRACE
from netful.services.moto.state_machines.outlet import Outlet

_REQUEST_ID = "x-amzn-requestid"  # the interpreter reads it from each error
_NO_KEY = "states"  # requests are signed, which S3 needs, but nothing verifies it: the role is sent with them
_CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
NESTED = "x-netful-execution"
"""Header of a call that an execution makes."""


def inherit_context() -> None:
    """Have each thread run in the context of the thread that starts it."""
    start: Callable[[threading.Thread], None] = threading.Thread.start

    def start_within(thread: threading.Thread) -> None:
        thread.run = partial(copy_context().run, thread.run)  # type: ignore[method-assign]
        start(thread)

    threading.Thread.start = start_within  # type: ignore[method-assign, assignment]


class Clients:
    """Clients by service, region and role."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._made: dict[tuple[str, str, str], Any] = {}
        self._making = threading.Lock()

    def client(self, region: str, service: str, state_credentials: Any = None) -> Any:
        """Return the client of a service. The signature is that of the function of moto's that this replaces."""
        key = (service, region, str(state_credentials.role_arn) if state_credentials else "")
        with self._making:
            if key not in self._made:
                self._made[key] = self._make(*key)
            return self._made[key]

    def _make(self, service: str, region: str, role: str) -> Any:
        made = boto3.client(
            service, region_name=region, aws_access_key_id=_NO_KEY, aws_secret_access_key=_NO_KEY, config=_CONFIG
        )

        def answer(request: AWSPreparedRequest, **_about: object) -> AWSResponse:
            return self._answer(request, role)

        made.meta.events.register("before-send", answer)
        return made

    def _answer(self, request: AWSPreparedRequest, role: str) -> AWSResponse:
        url = urlsplit(request.url)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        sent = tuple((name, _text(value)) for name, value in request.headers.items())
        sent = (*sent, (NESTED, "1"))
        if trace := TRACE.get():
            sent = (*sent, ("X-Amzn-Trace-Id", trace))
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
        reply = self._outlet.ask(RoleCall(0, role, url.netloc, request.method, target, sent, content))
        raw: Any = MockRawResponse(reply.body)
        headers = {_REQUEST_ID: str(uuid4()), **{name.lower(): value for name, value in reply.headers}}
        return AWSResponse(request.url, reply.status, headers, raw)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
