"""Telemetry of one execution environment for extensions: batches of events, by HTTP, at a port of each extension.

A batch is sent when its time is up, or when it is full. One batch is in flight at a time; events beyond the buffer are dropped, and
`platform.logsDropped` reports them. While the sandbox is stopped, a batch waits for it to continue. Without a subscription nothing
is kept, except the events of an init for extensions that subscribe while it runs.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from netful.functions.sandboxes.report import now
from netful.functions.sandboxes.sandbox_http import ApiRequest, SandboxConnection
from netful.functions.sandboxes.telemetry_subscription import Record, Subscription, subscription

Deliver = Callable[[int, str, bytes], Awaitable[bool]]
"""Posts a body to a port of the sandbox and a path; False if it is not accepted."""

_BEHIND = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."
_MOST_EARLY = 10_000
_ID = "lambda-extension-identifier"
# Path by the schema versions, the event that reports a subscription, and the API's name.
_APIS: dict[bytes, tuple[tuple[str, ...], str, str]] = {
    b"/2022-07-01/telemetry": (("2022-07-01", "2022-12-13"), "platform.telemetrySubscription", "Telemetry"),
    b"/2020-08-15/logs": (("2020-08-15", "2021-03-18"), "platform.logsSubscription", "Logs"),
}


class Telemetry:
    """Subscriptions of an environment and their events. `on`: whether any event is sent or kept."""

    def __init__(self, deliver: Deliver, name_of: Callable[[str], str]) -> None:
        self.on = False
        self._deliver = deliver
        self._name_of = name_of
        self._consumers: dict[str, _Consumer] = {}
        self._early: list[dict[str, Any]] = []
        self._starting = False

    def restart(self) -> None:
        """Begin an init: extensions that subscribe while it runs get all of its events."""
        self.close()
        self._early.clear()
        self._starting = self.on = True

    def started(self) -> None:
        """End the init: extensions can no longer subscribe."""
        self._starting = False
        self._early.clear()
        self.on = bool(self._consumers)

    def tell(self, event_type: str, record: Record) -> None:
        """Record an event."""
        event = {"time": now(), "type": event_type, "record": record}
        if self._starting and len(self._early) < _MOST_EARLY:
            self._early.append(event)
        for consumer in self._consumers.values():
            consumer.put(event)

    def flush(self) -> None:
        """Send pending events without further delay."""
        for consumer in self._consumers.values():
            consumer.flush()

    def close(self) -> None:
        """Stop sending."""
        for consumer in self._consumers.values():
            consumer.close()
        self._consumers.clear()
        self.on = False

    def handle(self, connection: SandboxConnection, request: ApiRequest) -> bool:
        """Serve a request of these APIs; return whether it is one."""
        api = _APIS.get(request.path.rstrip(b"/"))
        if api is None or request.method != b"PUT":
            return False
        self._subscribe(connection, request, *api)
        return True

    def _subscribe(
        self, connection: SandboxConnection, request: ApiRequest, versions: tuple[str, ...], told: str, api: str
    ) -> None:
        identifier = request.headers.get(_ID, "")
        name = self._name_of(identifier)
        if not name:
            connection.refuse(403, "Extension.UnknownExtensionIdentifier", f"Unknown extension {_safe(identifier)}")
            return
        if not self._starting:
            message = f"{api} API subscription is closed already"
            connection.refuse(403, f"{api}.SubscriptionClosed", message)
            return
        asked = subscription(request.body, versions)
        if isinstance(asked, str):
            connection.refuse(400, "ValidationError", asked)
            return
        again = self._consumers.pop(name, None)
        if again is not None:
            again.close()
        consumer = self._consumers[name] = _Consumer(asked, self._deliver)
        for event in self._early:
            consumer.put(event)
        state = "Already subscribed" if again else "Subscribed"
        consumer.put({"time": now(), "type": told, "record": {"name": name, "state": state, "types": asked.types}})
        connection.answer(200, b'"OK"')


class _Consumer:
    """One subscription: its pending events, and the batch in flight."""

    def __init__(self, asked: Subscription, deliver: Deliver) -> None:
        self._asked = asked
        self._deliver = deliver
        self._waiting: list[bytes] = []
        self._size = 0
        self._dropped_records = self._dropped_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    def put(self, event: dict[str, Any]) -> None:
        """Add an event if its type is subscribed."""
        record = self._asked.record(event["type"], event["record"])
        if record is not None:
            self.add({**event, "record": record})

    def add(self, event: dict[str, Any]) -> None:
        """Add an event in its final form."""
        encoded = json.dumps(event).encode()
        full = len(self._waiting) >= self._asked.max_items or self._size + len(encoded) > self._asked.max_bytes
        if full and self._sending is not None:
            self._drop([encoded])
            return
        if full:
            self.flush()  # the loop removes the batch in flight soon, and then there is room
        self._waiting.append(encoded)
        self._size += len(encoded)
        if self._timer is None and self._sending is None:
            self._wait()

    def flush(self) -> None:
        """Send the pending events, unless a batch is in flight."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is None and (self._waiting or self._dropped_records):
            self._sending = asyncio.get_running_loop().create_task(self._send())

    def close(self) -> None:
        """Stop sending."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()

    async def _send(self) -> None:
        self._tell_of_dropped()
        batch, self._waiting, self._size = self._waiting, [], 0
        taken = not batch or await self._deliver(self._asked.port, self._asked.path, b"[" + b",".join(batch) + b"]")
        self._sending = None
        if not taken:
            self._drop(batch)
        if self._waiting:
            self._wait()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._asked.seconds, self.flush)

    def _tell_of_dropped(self) -> None:
        if self._dropped_records and "platform" in self._asked.types:
            record = {
                "reason": _BEHIND, "droppedRecords": self._dropped_records, "droppedBytes": self._dropped_bytes,
            }  # fmt: skip
            event = {"time": now(), "type": "platform.logsDropped", "record": record}
            self._waiting.append(json.dumps(event).encode())
        self._dropped_records = self._dropped_bytes = 0

    def _drop(self, encoded: list[bytes]) -> None:
        self._dropped_records += len(encoded)
        self._dropped_bytes += sum(map(len, encoded))


def _safe(text: str) -> str:
    """Return the text with only the characters that an error text may contain."""
    return "".join(letter for letter in text if letter.isalnum() or letter in "-_")
