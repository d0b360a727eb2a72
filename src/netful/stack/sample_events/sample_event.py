"""The event that a service sends to a function: the form is a file beside this module, the names are those of the cloud.

A file has `${name}` where a value goes; a text that is such a name alone becomes the value, of whatever type.
"""

import base64
import hashlib
import json
import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from netful.gateway.calls.context import request_time
from netful.model.cloud import Cloud
from netful.model.core import Resource, instant, with_leaves
from netful.model.names.partitions import partition
from netful.stack.sample_events.places import api_values, source

KINDS = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))
"""The services: the files beside this module."""

_NAME = re.compile(r"\$\{(\w+)\}")
_NOT_SENT = {"apigatewayv2": ("body", "pathParameters")}
"""Members that an event has only with a value."""


def sample_event(cloud: Cloud, function_id: str, kind: str, payload: Any = None) -> dict[str, Any]:
    """Return an event for a function.

    `payload` is what the service carries: the body of a request or message, an EventBridge event's detail, the item of a table, the
    data of a stream's record, the key of an object.
    """
    form = json.loads(Path(__file__).with_name(f"{kind}.json").read_text(encoding="utf-8"))
    resource, arn = source(cloud, function_id, kind)
    values = {
        **_carried(payload),
        **_now(),
        **api_values(cloud, function_id, kind),
        **_of_rule(resource),
        **_of_table(resource, payload if isinstance(payload, dict) else {}),
        "id": str(uuid.uuid4()),
        "region": cloud.region_of(function_id),
        "partition": partition(cloud.region_of(function_id)),
        "account": cloud.account_id,
        "source": arn,
        "bucket": arn.rpartition(":")[2],
    }
    made: dict[str, Any] = with_leaves(form, partial(_filled, values=values))
    return {key: value for key, value in made.items() if value is not None or key not in _NOT_SENT.get(kind, ())}


def _filled(text: Any, values: dict[str, Any]) -> Any:
    if not isinstance(text, str):
        return text
    alone = _NAME.fullmatch(text)
    return values[alone[1]] if alone else _NAME.sub(lambda found: str(values[found[1]]), text)


def _carried(payload: Any) -> dict[str, Any]:
    text = payload if isinstance(payload, str) or payload is None else json.dumps(payload)
    content, message = (text or "").encode(), "{}" if payload is None else text or ""
    return {
        "payload": {} if payload is None else payload,
        "payload_text": text,
        "payload_string": text or "",
        "payload_message": message,
        "payload_base64": base64.b64encode(content).decode(),
        "payload_md5": hashlib.md5(message.encode(), usedforsecurity=False).hexdigest(),
        "key": quote_plus(payload if isinstance(payload, str) else "example.txt", safe="/"),
    }


def _now() -> dict[str, Any]:
    now = datetime.now(UTC)
    milliseconds = int(now.timestamp() * 1000)
    return {
        "time": instant(now, "seconds"),
        "time_ms": instant(now),
        "request_time": request_time(now.timestamp()),
        "epoch": milliseconds / 1000,
        "epoch_ms": milliseconds,
        "epoch_ms_text": str(milliseconds),
    }


def _of_rule(rule: Resource | None) -> dict[str, str]:
    """Return the source and the type of an event that a rule's pattern admits, as far as it names them."""
    pattern = rule.properties.get("EventPattern") if rule else None
    named = pattern if isinstance(pattern, dict) else {}

    def first(name: str, otherwise: str) -> str:
        values = named.get(name)
        return (
            next((one for one in values if isinstance(one, str)), otherwise) if isinstance(values, list) else otherwise
        )

    return {"event_source": first("source", "com.example"), "detail_type": first("detail-type", "Example")}


def _of_table(table: Resource | None, item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of a table in DynamoDB's own form, with its keys."""
    from boto3.dynamodb.types import TypeSerializer  # noqa: PLC0415  # takes a moment, and only here

    schema = table.properties.get("KeySchema") if table else None
    names = [str(one["AttributeName"]) for one in schema or () if isinstance(one, dict) and "AttributeName" in one]
    whole = {**dict.fromkeys(names or ["id"], "1"), **json.loads(json.dumps(item), parse_float=Decimal)}
    made = {name: TypeSerializer().serialize(value) for name, value in whole.items()}
    return {"item": made, "keys": {name: made[name] for name in names or ["id"]}}
