"""Parameter mapping of HTTP APIs: changes of a request before its integration, and of the response after it (§6.4).

| mapping | effect |
|---|---|
| `append:header.N`, `append:querystring.N` | add a value to the present ones |
| `overwrite:header.N`, `overwrite:querystring.N` | replace the values |
| `remove:header.N`, `remove:querystring.N` | remove the values |
| `overwrite:path` | replace the path |
| `overwrite:statuscode` | replace the status of a response |

Values are texts with references such as `$request.…`, `$response.…`, `$context.…` and `$stageVariables.…`: alone, or as
`${…}`. Header names are case-insensitive here; several values are joined by commas. A missing value maps to nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from netful.engine.http.headers import Headers, replaced, value_of, without
from netful.engine.integrations.parameter_mapping import NOT_JSON, Message, dig, in_text
from netful.model.core import Frozen, Maybe, whole_number

_WHOLE = re.compile(r"\$((?:request|response|context|stageVariables)\b.*)")
_PART = re.compile(r"\$\{\$?([^}]+)\}")
_RESERVED = frozenset({
    "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded", "keep-alive",
    "origin", "te", "trailers", "transfer-encoding", "upgrade", "via", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-proto",
})  # fmt: skip
_RESERVED_PREFIXES = ("access-control-", "apigw-", "proxy-", "x-amz-", "x-amzn-")
_LARGEST_BODY = 100 * 1024

Query = Mapping[str, Sequence[str]]


class Mapped(Frozen):
    """Result of a mapping; `path` and `status` are None if it does not set them."""

    headers: Headers
    query: Query
    path: str | None = None
    status: int | None = None


def mapped(parameters: Mapping[str, Maybe[str]], message: Message, headers: Headers, query: Query) -> Mapped:
    """Return a message's headers and query after the mapping."""
    made = Mapped(headers, query)
    for written, expression in parameters.items():
        done, _, what = written.partition(":")
        place, _, name = what.partition(".")
        value = evaluate(expression, message) if isinstance(expression, str) else None
        if done == "remove" or value is not None:
            made = _with(made, done, (place.lower(), name), value or "")
    return made


def _with(made: Mapped, done: str, what: tuple[str, str], value: str) -> Mapped:
    place, name = what
    if place == "path":
        return replace(made, path=value)
    if place == "statuscode":
        return replace(made, status=whole_number(value, made.status))
    if place == "querystring":
        return replace(made, query=_query(made.query, done, name, value))
    if place == "header" and not _is_reserved(name):
        return replace(made, headers=_headers(made.headers, done, name, value))
    return made


def _is_reserved(name: str) -> bool:
    return name.lower() in _RESERVED or name.lower().startswith(_RESERVED_PREFIXES)


def _headers(headers: Headers, done: str, name: str, value: str) -> Headers:
    if done == "remove":
        return without(headers, name)
    before = value_of(headers, name) if done == "append" else ""
    return replaced(headers, {name: f"{before},{value}" if before else value})


def _query(query: Query, done: str, name: str, value: str) -> Query:
    others = {known: values for known, values in query.items() if known != name}
    if done == "remove":
        return others
    return {**others, name: [*(query.get(name, ()) if done == "append" else ()), value]}


def evaluate(expression: str, message: Message) -> str | None:
    """Return the text of an expression; None if the expression is one reference to a missing value."""
    whole = _WHOLE.fullmatch(expression)
    if whole is not None:
        return _value(whole[1], message)
    return _PART.sub(lambda found: _value(found[1], message) or "", expression)


def _value(reference: str, message: Message) -> str | None:
    root, _, rest = reference.partition(".")
    if root == "stageVariables":
        return message.stage_variables.get(rest)
    if root == "context":
        return in_text(dig(message.context, rest))
    place, _, name = rest.partition(".")
    if place == "body":
        return _of_body(message, name)
    values: Mapping[str, Any] = message.values.get(place, {})
    found = next((each for known, each in values.items() if _same(place, known, name)), None)
    return ",".join(found) if found else None


def _same(place: str, known: str, name: str) -> bool:
    return known.lower() == name.lower() if place == "header" else known == name


def _of_body(message: Message, path: str) -> str | None:
    if not path:
        return message.body or None
    if len(message.body) > _LARGEST_BODY:
        return None
    document = message.document()
    return None if document is NOT_JSON else in_text(dig(document, path))
