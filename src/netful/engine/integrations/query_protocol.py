"""Responses of services with AWS's query protocol, as API Gateway receives them (api-gateway §5.8, recorded for SQS and SSM).

These services respond with JSON to clients that accept it. API Gateway does, unless an integration sets another `Accept`:
`{"ActionResponse": {"ActionResult": {…}, "ResponseMetadata": {"RequestId": "…"}}}`. XML has the same structure in elements.
"""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

BY_QUERY = frozenset({
    "autoscaling", "cloudformation", "elasticache", "elasticloadbalancing", "iam", "monitoring", "rds", "redshift", "sns",
    "sqs", "ssm", "sts",
})  # fmt: skip
"""Services that API Gateway calls with a query, or that respond to one."""

# Null members that the real response has in addition to those of the service's JSON.
_ABSENT = {"GetParameter": ("Parameter", ("Selector", "SourceResult"))}


def accepts_json(accept: str) -> bool:
    """Return whether a client with this `Accept` receives JSON."""
    return "json" in accept.lower()


def of_xml(text: str) -> str | None:
    """Return the JSON of an XML response; None if it is not XML."""
    try:
        root = ET.fromstring(text)  # noqa: S314  # of the stack's own back end
    except ET.ParseError:
        return None
    return json.dumps({_name(root): _value(root)}, separators=(",", ":"))


def of_result(action: str, result: Any, request_id: str) -> dict[str, Any]:
    """Return the complete response for an action's result that a back end returned without its envelope."""
    holder, names = _ABSENT.get(action, ("", ()))
    if isinstance(result, dict) and isinstance(result.get(holder), dict):
        result = {**result, holder: {**dict.fromkeys(names), **result[holder]}}
    return {f"{action}Response": {f"{action}Result": result, "ResponseMetadata": {"RequestId": request_id}}}


def in_xml(value: Any) -> str:
    """Return a JSON document as XML."""
    return "".join(_elements(value))


def _elements(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"<{name}>{in_xml(each)}</{name}>"
    elif isinstance(value, list):
        for each in value:
            yield f"<member>{in_xml(each)}</member>"
    elif value is not None:
        yield escape(value if isinstance(value, str) else json.dumps(value))


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: ET.Element) -> Any:
    """Return an element's text, its parts by name, or a list of its `member`s; repeated parts are lists as well."""
    parts: dict[str, list[Any]] = {}
    for child in element:
        parts.setdefault(_name(child), []).append(_value(child))
    if not parts:
        return element.text
    if parts.keys() == {"member"}:
        return parts["member"]
    return {name: values[0] if len(values) == 1 else values for name, values in parts.items()}
