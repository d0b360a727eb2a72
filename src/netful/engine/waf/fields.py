"""Parts of a request that a statement inspects (`FieldToMatch`): their values before transformation.

| found | meaning |
|---|---|
| values | the statement matches if one of them matches |
| True, False | the request is too large or malformed there, and the statement defines the result |
| None | unknown: the question does not contain it, or it is not emulated |
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from netful.engine.http.headers import Headers
from netful.model.core import Frozen, mapping, texts, whole_number

Found: TypeAlias = list[bytes] | bool | None

_MOST_HEADERS, _MOST_HEADER_BYTES = 200, 8 * 1024
_FALLBACKS = {"MATCH": True, "NO_MATCH": False}


class Inspected(Frozen):
    """A request as a web ACL sees it. `whole`: it is complete; else it may have more headers and a body.

    `path` is unchanged, with the stage; `body_limit` is the inspected part of a body.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = ""
    whole: bool = True
    body_limit: int = 16 * 1024

    def header(self, name: str) -> list[str] | None:
        """Return the values of a header."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values if values or self.whole else None


def found_in(request: Inspected, field: Any) -> Found:
    """Return the values of a field."""
    for name, setting in field.items() if isinstance(field, Mapping) else ():
        look = _FIELDS.get(name)
        return look(request, mapping(setting)) if look else None
    return None


def name_of(field: Any) -> str:
    """Return the name of a field, in words."""
    name = next(iter(field), "") if isinstance(field, Mapping) else ""
    return _WORDS.get(name, f"`{name}`")


def encoded(text: str) -> bytes:
    """Return a text of a request as bytes; half of a surrogate pair, which only JSON can have, is a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _named(setting: Mapping[str, Any]) -> str:
    return str(setting.get("Name", setting.get("name", "")))


def _single_header(request: Inspected, setting: Mapping[str, Any]) -> Found:
    values = request.header(_named(setting))
    return None if values is None else [encoded(value) for value in values]


def _headers(request: Inspected, setting: Mapping[str, Any]) -> Found:
    if not request.whole:
        return None
    within = request.headers[:_MOST_HEADERS]
    if len(request.headers) > _MOST_HEADERS or sum(len(n) + len(v) for n, v in within) > _MOST_HEADER_BYTES:
        decided = _FALLBACKS.get(str(setting.get("OversizeHandling")))
        if decided is not None:
            return decided
    return _members(within, setting, "IncludedHeaders", "ExcludedHeaders")


def _cookies(request: Inspected, setting: Mapping[str, Any]) -> Found:
    if not request.whole:
        return None
    return _members(cookies_of(request), setting, "IncludedCookies", "ExcludedCookies")


def cookies_of(request: Inspected) -> Headers:
    """Return the cookies of a request, by name."""
    pairs = (part.strip().partition("=") for text in request.header("cookie") or () for part in text.split(";"))
    return tuple((name, value) for name, _, value in pairs if name)


def _members(pairs: Headers, setting: Mapping[str, Any], included: str, excluded: str) -> list[bytes]:
    """Return the names, the values or both of the headers or cookies that a pattern selects."""
    pattern = mapping(setting.get("MatchPattern"))
    some = {one.lower() for one in texts(pattern.get(included))}
    others = {one.lower() for one in texts(pattern.get(excluded))}
    chosen = [(n, v) for n, v in pairs if (not some or n.lower() in some) and n.lower() not in others]
    scope = str(setting.get("MatchScope"))
    names = [encoded(name) for name, _ in chosen] if scope != "VALUE" else []
    return names + ([encoded(value) for _, value in chosen] if scope != "KEY" else [])


def arguments_of(request: Inspected) -> Iterator[tuple[str, str]]:
    """Return the query arguments, still encoded."""
    for part in request.query.split("&"):
        name, _, value = part.partition("=")
        if name:
            yield name, value


def _single_argument(request: Inspected, setting: Mapping[str, Any]) -> Found:
    wanted = _named(setting).lower()
    return [encoded(value) for name, value in arguments_of(request) if name.lower() == wanted]


def _body(request: Inspected, setting: Mapping[str, Any]) -> Found:
    if not request.whole:
        return None
    if len(request.body) > request.body_limit:
        decided = _FALLBACKS.get(str(setting.get("OversizeHandling")))
        if decided is not None:
            return decided
    return [request.body[: request.body_limit]]


def _json_body(request: Inspected, setting: Mapping[str, Any]) -> Found:
    found = _body(request, setting)
    if not isinstance(found, list) or not found[0]:
        return found
    paths = texts(mapping(setting.get("MatchPattern")).get("IncludedPaths"))
    try:
        value = json.loads(found[0])
        inside = [_at(value, path) for path in paths] if paths else [value]
        return [encoded(text) for one in inside for text in _texts(one, str(setting.get("MatchScope")))]
    except (ValueError, RecursionError):
        return _FALLBACKS.get(str(setting.get("InvalidFallbackBehavior")), found)


def _at(value: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer; None if the pointer has no value."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list):
            index = whole_number(key)
            value = value[index] if index is not None and index < len(value) else None
        else:
            return None
    return value


def _texts(value: Any, scope: str) -> Iterator[str]:
    """Return the keys, the values or both of a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if scope != "VALUE":
                yield key
            yield from _texts(item, scope)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, scope)
    elif value is not None and scope != "KEY":
        yield value if isinstance(value, str) else json.dumps(value)


def _all(values: Iterable[tuple[str, str]]) -> Found:
    return [encoded(value) for _, value in values]


_FIELDS: dict[str, Callable[[Inspected, Mapping[str, Any]], Found]] = {
    "Method": lambda request, _: [encoded(request.method)],
    "UriPath": lambda request, _: [encoded(request.path)],
    "QueryString": lambda request, _: [encoded(request.query)],
    "SingleQueryArgument": _single_argument,
    "AllQueryArguments": lambda request, _: _all(arguments_of(request)),
    "SingleHeader": _single_header,
    "Headers": _headers,
    "Cookies": _cookies,
    "Body": _body,
    "JsonBody": _json_body,
}
_WORDS = {
    "SingleHeader": "a header",
    "Headers": "the headers",
    "Cookies": "the cookies",
    "Body": "the body",
    "JsonBody": "the body",
}
