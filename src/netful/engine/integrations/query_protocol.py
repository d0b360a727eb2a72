"""Answers of services with AWS's query protocol, as API Gateway gets them (api-gateway §5.8, recorded for SQS and SSM).

These services answer by JSON to who accepts JSON, which API Gateway does unless an integration says otherwise:
`{"ActionResponse": {"ActionResult": {…}, "ResponseMetadata": {"RequestId": "…"}}}`. XML says the same in elements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

BY_QUERY = frozenset({
    "autoscaling", "cloudformation", "elasticache", "elasticloadbalancing", "iam", "monitoring", "rds", "redshift", "sns",
    "sqs", "ssm", "sts",
})  # fmt: skip
"""The services that API Gateway asks by a query, or that answer one."""

# What a parameter has in such an answer beside what the service's JSON says.
_ABSENT = {"GetParameter": ("Parameter", ("Selector", "SourceResult"))}


def accepts_json(accept: str) -> bool:
    """Whether who sends this `Accept` is answered by JSON."""
    return "json" in accept.lower()


def of_xml(text: str) -> str | None:
    """The JSON for an answer in XML; None for what is none."""
    try:
        root = ET.fromstring(text)  # noqa: S314  # of the stack's own back end
    except ET.ParseError:
        return None
    return json.dumps({_name(root): _value(root)}, separators=(",", ":"))


def of_result(action: str, result: Any, request_id: str) -> dict[str, Any]:
    """The whole answer for the result of an action that a back end gave without its envelope."""
    holder, names = _ABSENT.get(action, ("", ()))
    if isinstance(result, dict) and isinstance(result.get(holder), dict):
        result = {**result, holder: {**dict.fromkeys(names), **result[holder]}}
    return {f"{action}Response": {f"{action}Result": result, "ResponseMetadata": {"RequestId": request_id}}}


def in_xml(value: Any) -> str:
    """A JSON document in XML."""
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
    """An element's text, its parts by name, or a list of `member`s; what is repeated is a list as well."""
    parts: dict[str, list[Any]] = {}
    for child in element:
        parts.setdefault(_name(child), []).append(_value(child))
    if not parts:
        return element.text
    if parts.keys() == {"member"}:
        return parts["member"]
    return {name: values[0] if len(values) == 1 else values for name, values in parts.items()}
