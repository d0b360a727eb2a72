"""Parameter mapping of REST APIs: expressions that select a value of a request, a response or its context (§5.4).

| expression | value |
|---|---|
| `'text'` | the text |
| `method.request.{path,querystring,header}.N`, `integration.response.header.N` | the last of several values |
| `….multivaluequerystring.N`, `….multivalueheader.N` | all of them, joined by commas |
| `method.request.body[.PATH]`, `integration.response.body[.PATH]` | a value of the JSON body, by simple steps |
| `stageVariables.N`, `context.N` | the variable's or context's value |

A missing value is None: the parameter is not sent.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netful.model.core import Maybe

NOT_JSON: Any = object()
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Message:
    """Data that expressions refer to; `values` has lists by place (`path`, `querystring`, `header`) and name."""

    values: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    body: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    _parsed: list[Any] = field(default_factory=list, compare=False, repr=False)

    def document(self) -> Any:
        """Return the body as JSON, parsed once; NOT_JSON for another one."""
        if not self._parsed:
            try:
                self._parsed.append(json.loads(self.body))
            except (ValueError, RecursionError):
                self._parsed.append(NOT_JSON)
        return self._parsed[0]


def mapped(parameters: Mapping[str, Maybe[str]], prefix: str, message: Message) -> dict[str, str] | None:
    """Return the values of the parameters with a prefix; None if one needs a body of JSON, and the body is broken."""
    found = {}
    for name, expression in parameters.items():
        if not name.startswith(prefix) or not isinstance(expression, str):
            continue
        if is_broken(expression, message):
            return None
        value = evaluate(expression, message)
        if value is not None:
            found[name.removeprefix(prefix)] = value
    return found


def evaluate(expression: str, message: Message) -> str | None:
    """Return the value of an expression."""
    if len(expression) > 1 and expression[0] == expression[-1] == "'":
        return expression[1:-1]
    root, _, rest = expression.partition(".")
    if root == "stageVariables":
        return message.stage_variables.get(rest)
    if root == "context":
        return in_text(dig(message.context, rest))
    place, _, name = rest.partition(".")[2].partition(".")
    if place == "body":
        return _of_body(message, name)
    values = message.values.get(place.removeprefix("multivalue"), {}).get(name)
    if not values:
        return None
    return ",".join(values) if place.startswith("multivalue") else values[-1]


def _of_body(message: Message, path: str) -> str | None:
    if not path:
        return message.body or "{}"
    document = message.document()
    return None if document is NOT_JSON else in_text(dig(document, path))


def is_broken(expression: str, message: Message) -> bool:
    """Return whether an expression refers to a body that starts like JSON but is invalid (§5.4)."""
    starts = expression.partition(".body.")[1] and message.body.lstrip()[:1] in ("{", "[")
    return bool(starts) and message.document() is NOT_JSON


def dig(value: Any, path: str) -> Any:
    """Return the value in nested maps and lists at a path of names and `[n]`; None if it is missing."""
    for name, index in _STEP.findall(path):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


def in_text(value: Any) -> str | None:
    """Return a value as the text of a parameter: text unchanged, other values as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value)
