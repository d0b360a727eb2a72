"""Subscriptions to the Telemetry API, version 2022-07-01, and to the older Logs API, 2020-08-15 (lambda §3.3).

| API | schema versions | missing from its events |
|---|---|---|
| Telemetry | 2022-07-01, 2022-12-13 | `platform.end`, which only the Logs API has |
| Logs | 2020-08-15, 2021-03-18 | the init, traces and spans; in 2020-08-15 `platform.runtimeDone` too |
"""

from collections.abc import Callable, Mapping
from typing import Any

from netful.model.core import Frozen, mapping, url_parts
from netful.model.json_texts import json_or

TYPES = ("platform", "function", "extension")
_HOSTS = frozenset({"sandbox.localdomain", "sandbox"})
_RESERVED_PORT = 9001
# Each member of `buffering`: default, minimum, maximum.
_BUFFERING = {
    "maxItems": (10_000, 1000, 10_000),
    "maxBytes": (262_144, 262_144, 1_048_576),
    "timeoutMs": (1000, 25, 30_000),
}
_OF_LOGS = {
    "platform.start": ("requestId", "version"),
    "platform.end": ("requestId",),
    "platform.runtimeDone": ("requestId", "status"),
    "platform.report": ("requestId", "metrics"),
    "platform.extension": ("name", "state", "events"),
    "platform.logsSubscription": ("name", "state", "types"),
    "platform.logsDropped": ("reason", "droppedRecords", "droppedBytes"),
}
_SINCE_2022_12 = ("functionName", "functionVersion", "instanceId", "instanceMaxMemory")

Record = Mapping[str, Any] | str


class Subscription(Frozen):
    """Subscription of an extension: types, buffering and destination. `schema` is a version."""

    schema: str
    types: tuple[str, ...]
    max_items: int
    max_bytes: int
    seconds: float
    port: int
    path: str

    def record(self, event_type: str, record: Record) -> Record | None:
        """Return an event's record in this schema; None if the schema has no such event, or it is not subscribed."""
        if event_type.partition(".")[0] not in self.types:
            return None
        return record if isinstance(record, str) else _SHAPES[self.schema](event_type, record)


def subscription(body: bytes | None, versions: tuple[str, ...]) -> Subscription | str:
    """Return the subscription of a request, or its fault as a text."""
    asked = json_or(body or b"")
    if not isinstance(asked, dict):
        return "Invalid JSON"
    buffering, destination = mapping(asked.get("buffering")), mapping(asked.get("destination"))
    uri = _uri(destination)
    types: list[str] = asked["types"] if isinstance(asked.get("types"), list) else []
    wrong = [
        *([] if asked.get("schemaVersion") in versions else [f"schemaVersion should be one of {', '.join(versions)}"]),
        *_wrong_types(types),
        *([] if destination.get("protocol") == "HTTP" else ["destination protocol should be HTTP"]),
        *([uri] if isinstance(uri, str) else []),
        *_wrong_numbers(buffering),
    ]
    if wrong or isinstance(uri, str):
        return "; ".join(wrong)
    numbers = {name: buffering.get(name, default) for name, (default, _, _) in _BUFFERING.items()}
    return Subscription(
        schema=asked["schemaVersion"],
        types=tuple(dict.fromkeys(types)),
        max_items=numbers["maxItems"],
        max_bytes=numbers["maxBytes"],
        seconds=numbers["timeoutMs"] / 1000,
        port=uri[0],
        path=uri[1],
    )


def _uri(destination: Mapping[str, Any]) -> tuple[int, str] | str:
    """Return port and path of a destination, or its fault as a text."""
    parts = url_parts(str(destination.get("URI", "")))
    port = parts.port
    if parts.scheme != "http" or parts.hostname not in _HOSTS:
        return "URI should be http://sandbox.localdomain:PORT"
    if port is None:
        return "URI port is not provided"
    if port == _RESERVED_PORT:
        return f"URI port {_RESERVED_PORT} is reserved"
    return port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _wrong_types(types: list[str]) -> list[str]:
    if not types:
        return ["types should not be empty"]
    return [] if all(one in TYPES for one in types) else [f"types should be of {', '.join(TYPES)}"]


def _wrong_numbers(buffering: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} should be between {least} and {most}"
        for name, (_, least, most) in _BUFFERING.items()
        if name in buffering and not (isinstance(buffering[name], int) and least <= buffering[name] <= most)
    ]


def _newest(event_type: str, record: Mapping[str, Any]) -> Record | None:
    return None if event_type == "platform.end" else record


def _telemetry(event_type: str, record: Mapping[str, Any]) -> Record | None:
    """Return the record without the members that 2022-12-13 added to the start and the report of an init."""
    if event_type == "platform.initStart":
        return {name: value for name, value in record.items() if name not in _SINCE_2022_12}
    if event_type == "platform.initReport":
        return {name: value for name, value in record.items() if name not in {"status", "errorType"}}
    return _newest(event_type, record)


def _logs(event_type: str, record: Mapping[str, Any]) -> Record | None:
    members = _OF_LOGS.get(event_type)
    return None if members is None else {name: record[name] for name in members if name in record}


def _oldest_logs(event_type: str, record: Mapping[str, Any]) -> Record | None:
    return None if event_type == "platform.runtimeDone" else _logs(event_type, record)


_SHAPES: Mapping[str, Callable[[str, Mapping[str, Any]], Record | None]] = {
    "2022-12-13": _newest, "2022-07-01": _telemetry, "2021-03-18": _logs, "2020-08-15": _oldest_logs,
}  # fmt: skip
