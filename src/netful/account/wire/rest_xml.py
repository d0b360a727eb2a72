"""Requests and answers of the `rest-xml` protocol: the path, the query and an XML body in, XML out (Smithy, `restXml`)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from netful.account.wire.errors import ApiError
from netful.account.wire.xml_answers import escape, members
from netful.model.core import is_set

HEADERS = (("Content-Type", "text/xml"),)
"""The headers of every answer."""

_SCALARS: dict[str, Any] = {"boolean": lambda text: text.strip().lower() == "true", "integer": int, "long": int}


def parameters(operation: OperationModel, labels: Mapping[str, str], query: str, body: bytes) -> dict[str, Any]:
    """Return the parameters of a request, named and typed as in the operation's input shape.

    Raises ApiError for a body that is not XML, or a value of the wrong type.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    texts = {"uri": labels, "querystring": dict(parse_qsl(query, keep_blank_values=True))}
    whole = shape.serialization.get("payload")
    found: dict[str, Any] = {}
    if body.strip():
        found = {whole: _value(shape.members[whole], _root(body))} if whole else _structure(shape, _root(body))
    for name, member in shape.members.items():
        place = texts.get(member.serialization.get("location", ""), {})
        text = place.get(member.serialization.get("name", name))
        if text is not None:
            found[name] = _scalar(member, text)
    return found


def _root(body: bytes) -> ET.Element:
    try:
        return ET.fromstring(body)  # noqa: S314  # expat limits the expansion of entities
    except ET.ParseError as error:
        raise ApiError("MalformedInput", f"The XML is not valid: {error}") from None


def _structure(shape: StructureShape, element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        own = _children(element, member.serialization.get("name", name))
        if own and "location" not in member.serialization:
            found[name] = _value(member, own[0])
    return found


def _children(element: ET.Element, name: str) -> list[ET.Element]:
    """Return the children of a name, in whatever namespace."""
    return [child for child in element if child.tag.rpartition("}")[2] == name]


def _value(shape: Shape, element: ET.Element) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, element)
    if isinstance(shape, ListShape):
        items = _children(element, shape.member.serialization.get("name", "member"))
        return [_value(shape.member, item) for item in items]
    return _scalar(shape, element.text or "")


def _scalar(shape: Shape, text: str) -> Any:
    try:
        return _SCALARS.get(shape.type_name, str)(text)
    except ValueError:
        raise ApiError("InvalidInput", f"'{text}' is not a number") from None


def answer(operation: OperationModel, result: Mapping[str, Any]) -> bytes:
    """Return the XML of an operation's result, whose members are named as in its output shape."""
    shape = operation.output_shape
    name = f"{operation.name}Response"
    if shape is not None and (whole := shape.serialization.get("payload")):
        name, shape, result = whole, shape.members[whole], result[whole]
    body = "".join(members(shape, result)) if shape is not None else ""
    return f'<?xml version="1.0"?>\n<{name} xmlns={_namespace(operation)}>{body}</{name}>'.encode()


def headers(operation: OperationModel, result: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers of an answer, with those that are members of the result."""
    shape = operation.output_shape
    own = shape.members.items() if shape is not None else ()
    placed = (
        (member.serialization.get("name", name), str(result[name]))
        for name, member in own
        if member.serialization.get("location") == "header" and is_set(result.get(name))
    )
    return (*HEADERS, *placed)


def _namespace(operation: OperationModel) -> str:
    metadata = operation.service_model.metadata
    return quoteattr(f"https://{metadata['endpointPrefix']}.amazonaws.com/doc/{metadata['apiVersion']}/")


def error(fault: ApiError, request_id: str) -> bytes:
    """Return the XML of an error."""
    inner = f"<Type>Sender</Type><Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message>"
    return f"<ErrorResponse><Error>{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>".encode()
