"""Extensions API, version 2020-01-01: registration and events of processes beside the runtime (lambda §3.3).

| request | allowed | response |
|---|---|---|
| register | while the environment starts, once for a name, ten at most | 200 with the identifier |
| event/next | after registration | held until an event of a registered type |
| init/error, exit/error | after registration | 202; the environment fails |

An external extension is started from /opt/extensions. Any other name is an internal extension, a part of the runtime's process,
which may not register for SHUTDOWN.
"""

import json
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from netful.functions.sandboxes.outcome import ExtensionFailed
from netful.functions.sandboxes.sandbox_http import ApiRequest, SandboxConnection
from netful.model.core import Frozen
from netful.model.json_texts import json_or

_PREFIX = b"/2020-01-01/extension/"
_NAME, _ID = "lambda-extension-name", "lambda-extension-identifier"
_ERROR_TYPE = "lambda-extension-function-error-type"
_FEATURE = "lambda-extension-accept-feature"
_EVENTS = frozenset({"INVOKE", "SHUTDOWN"})
_MOST = 10
_OK = b'{"status":"OK"}\n'


class About(Frozen):
    """Facts about the function for an extension."""

    function_name: str
    function_version: str
    handler: str
    account_id: str


@dataclass(eq=False)
class _Extension:
    name: str
    events: frozenset[str]
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    waiting: SandboxConnection | None = None
    asked: bool = False
    """True while the extension waits for its next event."""
    pending: bytes = b""

    def give(self, event: bytes) -> None:
        self.asked = False
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            waiting.answer(200, event, f"Lambda-Extension-Event-Identifier: {uuid.uuid4()}\r\n")


class ExtensionsApi:
    """Extensions of one execution environment. `external`: the file names of those that start with it."""

    def __init__(
        self,
        about: About,
        external: Collection[str],
        on_change: Callable[[], None],
        on_failure: Callable[[ExtensionFailed], None],
    ) -> None:
        self._about = about
        self._external = frozenset(external)
        self._on_change = on_change
        self._on_failure = on_failure
        self._by_id: dict[str, _Extension] = {}
        self._closed = False

    def restart(self) -> None:
        """Forget all extensions: new ones will start in the same environment."""
        self._by_id.clear()
        self._closed = False

    def close_registration(self) -> None:
        """End registration: the environment has started."""
        self._closed = True

    @property
    def registered(self) -> bool:
        """Return whether every external extension has registered, so that the runtime can start."""
        return self._external <= {one.name for one in self._by_id.values()}

    @property
    def idle(self) -> bool:
        """Return whether no extension processes an event."""
        return all(one.asked for one in self._by_id.values()) if self._by_id else not self._external

    @property
    def grace(self) -> float:
        """Seconds that a shutdown may take: 2 with an external extension, 0.5 with internal ones (§2.4)."""
        if not self._by_id:
            return 0.0
        return 2.0 if any(one.name in self._external for one in self._by_id.values()) else 0.5

    def name_of(self, identifier: str) -> str:
        """Return the name of a registered extension, or ""."""
        extension = self._by_id.get(identifier)
        return extension.name if extension else ""

    @property
    def all(self) -> list[tuple[str, list[str]]]:
        """Return the registered extensions: name and events."""
        return [(one.name, sorted(one.events)) for one in self._by_id.values()]

    def invoke(self, request_id: str, deadline_ms: int, function_arn: str, trace_id: str) -> None:
        """Send the INVOKE event."""
        if not self._by_id:
            return
        self._tell("INVOKE", {
            "eventType": "INVOKE", "deadlineMs": deadline_ms, "requestId": request_id,
            "invokedFunctionArn": function_arn, "tracing": {"type": "X-Amzn-Trace-Id", "value": trace_id},
        })  # fmt: skip

    def shut_down(self, reason: str, deadline_ms: int) -> None:
        """Send the SHUTDOWN event."""
        self._tell("SHUTDOWN", {"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline_ms})

    def handle(self, connection: SandboxConnection, request: ApiRequest) -> bool:
        """Serve a request of this API; return whether it is one."""
        if not request.path.startswith(_PREFIX):
            return False
        match request.method, request.path.removeprefix(_PREFIX):
            case b"POST", b"register":
                self._register(connection, request)
            case b"GET", b"event/next":
                self._next(connection, request)
            case b"POST", b"init/error":
                self._fail(connection, request, "Extension.InitError")
            case b"POST", b"exit/error":
                self._fail(connection, request, "Extension.ExitError")
            case _:
                return False
        return True

    def _register(self, connection: SandboxConnection, request: ApiRequest) -> None:
        name, events = request.headers.get(_NAME, ""), _events(request.body)
        refusal = self._refusal(name, events)
        if refusal is not None:
            connection.refuse(*refusal)
            return
        extension = _Extension(name, events or frozenset())
        self._by_id[extension.identifier] = extension
        about = self._about
        told = {
            "functionName": about.function_name, "functionVersion": about.function_version, "handler": about.handler,
        }  # fmt: skip
        if "accountId" in request.headers.get(_FEATURE, ""):
            told["accountId"] = about.account_id
        connection.answer(
            200, json.dumps(told).encode(), f"Lambda-Extension-Identifier: {extension.identifier}\r\n"
        )  # fmt: skip
        self._on_change()

    def _refusal(self, name: str, events: frozenset[str] | None) -> tuple[int, str, str] | None:
        if not name:
            return 403, "Extension.InvalidExtensionName", "Empty extension name"
        if self._closed and name not in self._external:
            return 403, "Extension.RegistrationClosed", "Extension registration closed already"
        if any(one.name == name for one in self._by_id.values()):
            return 403, "Extension.AlreadyRegistered", "Extension with this name already registered"
        if len(self._by_id) >= _MOST:
            return 403, "Extension.TooManyExtensions", f"Extension limit ({_MOST}) reached"
        if events is None or not events <= _EVENTS:
            return 400, "Extension.InvalidEventType", "Invalid event type"
        if "SHUTDOWN" in events and name not in self._external:
            message = "SHUTDOWN event is not supported for internal extensions"
            return 403, "ShutdownEventNotSupportedForInternalExtension", message
        return None

    def _next(self, connection: SandboxConnection, request: ApiRequest) -> None:
        extension = self._known(connection, request)
        if extension is None:
            return
        extension.waiting = connection
        extension.asked = True
        if extension.pending:
            pending, extension.pending = extension.pending, b""
            extension.give(pending)
        else:
            self._on_change()

    def _fail(self, connection: SandboxConnection, request: ApiRequest, error_type: str) -> None:
        if self._known(connection, request) is not None:
            connection.answer(202, _OK)
            self._on_failure(ExtensionFailed(error_type, request.headers.get(_ERROR_TYPE) or error_type))

    def _known(self, connection: SandboxConnection, request: ApiRequest) -> _Extension | None:
        identifier = request.headers.get(_ID, "")
        extension = self._by_id.get(identifier)
        if not identifier:
            connection.refuse(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
        elif extension is None:
            connection.refuse(403, "Extension.UnknownExtensionIdentifier", "Unknown extension identifier")
        return extension

    def _tell(self, kind: str, event: dict[str, Any]) -> None:
        text = json.dumps(event).encode()
        for extension in self._by_id.values():
            if kind not in extension.events:
                continue
            if extension.asked:
                extension.give(text)
            else:
                extension.pending = text  # still busy with the event before


def _events(body: bytes | None) -> frozenset[str] | None:
    """Return the events in the body of a registration; None if they are not a list of texts."""
    told = json_or(body or b"{}")
    events = told.get("events", []) if isinstance(told, dict) else None
    if not isinstance(events, list) or not all(isinstance(one, str) for one in events):
        return None
    return frozenset(events)
