"""Requests and answers of the `query` and `ec2` protocols: a form in, XML out (Smithy, `awsQuery` and `ec2Query`).

| | query | ec2 |
|---|---|---|
| a list in a form | `Name.member.1`, or the member's own name where the list is flattened | `Name.1` |
| a key in a form | the shape's `locationName`, else the member | `queryName`, else `locationName` with a capital |
| an answer | `<OpResponse><OpResult>…</OpResult><ResponseMetadata>` | `<OpResponse><requestId/>…` |
| an error | `<ErrorResponse><Error>` | `<Response><Errors><Error>` |

An empty list travels as `Name=` and is an empty list.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from netful.account.wire.errors import ApiError, invalid_value
from netful.account.wire.xml_answers import escape, members
from netful.service_models.scalars import integer
from netful.services.http.message import Request

_TEXT = (("Content-Type", "text/xml;charset=UTF-8"),)
HEADERS = _TEXT
"""The headers of every answer."""


def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a request's form; of a field that is there twice, the last."""
    written = request.body.decode(errors="replace") if request.method == "POST" else request.query
    return dict(parse_qsl(written, keep_blank_values=True))


def parameters(operation: OperationModel, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of a request, named and typed as in the operation's input shape.

    Fields that the shape lacks are ignored, as AWS does. Raises ApiError for a value of the wrong type.
    """
    ec2 = operation.service_model.metadata["protocol"] == "ec2"
    shape = operation.input_shape
    return _structure(shape, form, "", ec2=ec2) if shape is not None else {}


def _structure(shape: StructureShape, form: Mapping[str, str], prefix: str, *, ec2: bool) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        key = prefix + _key(name, member, ec2=ec2)
        value = _value(member, form, key, ec2=ec2)
        if value is not None:
            found[name] = value
    return found


def _key(name: str, shape: Shape, *, ec2: bool) -> str:
    serialization = shape.serialization
    if not ec2:
        own = (
            shape.member.serialization.get("name")
            if isinstance(shape, ListShape) and serialization.get("flattened")
            else None
        )
        return str(own or serialization.get("name", name))
    if "queryName" in serialization:
        return str(serialization["queryName"])
    own = str(serialization.get("name", name))
    return own[0].upper() + own[1:]


def missing(shape: Shape | None, value: Any) -> Iterator[str]:
    """Yield the members that a shape requires and a value lacks, but not the tokens of requests, which clients may leave out."""
    if isinstance(shape, ListShape):
        yield from (name for one in value for name in missing(shape.member, one))
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                yield from missing(member, value[name])
            elif name in shape.required_members and "idempotencyToken" not in member.metadata:
                yield name


def _value(shape: Shape, form: Mapping[str, str], key: str, *, ec2: bool) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, form, f"{key}.", ec2=ec2) if _has(form, key) else None
    if isinstance(shape, ListShape):
        return _list(shape, form, key, ec2=ec2)
    if isinstance(shape, MapShape):
        return dict(_entries(shape, form, key, ec2=ec2)) if _has(form, key) else None
    text = form.get(key)
    return None if text is None else _scalar(shape, text, key)


def _has(form: Mapping[str, str], key: str) -> bool:
    return any(name.startswith(f"{key}.") for name in form)


def _list(shape: ListShape, form: Mapping[str, str], key: str, *, ec2: bool) -> list[Any] | None:
    if form.get(key) == "":
        return []
    flat = ec2 or shape.serialization.get("flattened")
    start = key if flat else f"{key}.{shape.member.serialization.get('name', 'member')}"
    found: list[Any] = []
    while (value := _value(shape.member, form, f"{start}.{len(found) + 1}", ec2=ec2)) is not None:
        found.append(value)
    return found or None


def _entries(shape: MapShape, form: Mapping[str, str], key: str, *, ec2: bool) -> Iterator[tuple[str, Any]]:
    start = key if shape.serialization.get("flattened") else f"{key}.entry"
    number = 1
    while (name := form.get(f"{start}.{number}.{shape.key.serialization.get('name', 'key')}")) is not None:
        yield (
            name,
            _value(shape.value, form, f"{start}.{number}.{shape.value.serialization.get('name', 'value')}", ec2=ec2),
        )
        number += 1


def _scalar(shape: Shape, text: str, key: str) -> Any:
    try:
        return _SCALARS.get(shape.type_name, str)(text)
    except (ValueError, binascii.Error):
        raise invalid_value(f"Value ({text}) for parameter {key} is invalid.") from None


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _integer(text: str) -> int:
    number = integer(text)
    if number is None:
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_SCALARS: dict[str, Any] = {
    "boolean": _boolean,
    **dict.fromkeys(("integer", "long"), _integer),
    "double": float,
    "float": float,
    "blob": base64.b64decode,
    "timestamp": _moment,
}


def answer(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> bytes:
    """Return the XML of an operation's result, whose members are named as in its output shape."""
    metadata = operation.service_model.metadata
    shape = operation.output_shape
    body = "".join(members(shape, result)) if shape is not None else ""
    namespace = quoteattr(str(metadata["xmlNamespace"]))
    if metadata["protocol"] == "ec2":
        inner = f"<requestId>{request_id}</requestId>{body}"
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        result_xml = f"<{wrapper}>{body}</{wrapper}>" if wrapper else body
        inner = f"{result_xml}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    name = f"{operation.name}Response"
    return f"<{name} xmlns={namespace}>{inner}</{name}>".encode()


def error(protocol: str, fault: ApiError, request_id: str) -> bytes:
    """Return the XML of an error."""
    error = f"<Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message>"
    if protocol == "ec2":
        return (
            f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>".encode()
        )
    kind = "Receiver" if fault.status >= 500 else "Sender"  # the server's own errors
    return (
        f"<ErrorResponse><Error><Type>{kind}</Type>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()
