"""Patch operations, and the values in them, which are always text."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import OperationRequest
from netful.model.core import Frozen

T = TypeVar("T")
_OPS = ("add", "remove", "replace", "move", "copy", "test")


class Patch(Frozen):
    """One operation; `value` and `source` (`from`) are "" where they are left out."""

    op: str
    path: str
    value: str = ""
    source: str = ""

    def after(self, prefix: str) -> str:
        """Return the rest of the path after a prefix, with `~1` decoded to a slash; "" if the path does not begin with the prefix."""
        return unescaped(self.path.removeprefix(prefix)) if self.path.startswith(prefix) else ""


def patches(wanted: OperationRequest) -> Iterator[Patch]:
    """Yield the operations of a request, in their order."""
    listed = wanted.body.get("patchOperations", [])
    if not isinstance(listed, list):
        raise bad_request("Invalid request input")
    for one in listed:
        if not isinstance(one, dict) or one.get("op") not in _OPS:
            raise bad_request("Invalid patch operation specified. Must be one of: [add, remove, replace, copy]")
        path = one.get("path")
        if not isinstance(path, str) or not path.startswith("/"):
            raise bad_request(f"Invalid patch path {path}")
        yield Patch(one["op"], path, _text(one.get("value")), _text(one.get("from")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def unescaped(part: str) -> str:
    """Return a part of a path without its escapes (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")


def flag(value: str) -> bool:
    """Read a boolean."""
    if value.lower() not in {"true", "false"}:
        raise bad_request(f"Invalid value {value}: it is not a boolean")
    return value.lower() == "true"


def whole(value: str) -> int:
    """Read a whole number."""
    return _number(value, r"-?[0-9]{1,18}", int)


def decimal(value: str) -> float:
    """Read a number."""
    return _number(value, r"-?[0-9]{1,18}(\.[0-9]+)?", float)


def _number(value: str, form: str, number: Callable[[str], T]) -> T:
    if re.fullmatch(form, value) is None:
        raise bad_request(f"Invalid value {value}: it is not a number")
    return number(value)


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of one of some words, in any case."""

    def read(value: str) -> str:
        if value.upper() not in words:
            raise bad_request(f"Invalid value {value}. Must be one of: [{', '.join(words)}]")
        return value.upper()

    return read


def between(least: float, most: float, reading: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader of a number in a range."""

    def read(value: str) -> Any:
        number = reading(value)
        if not least <= number <= most:
            raise bad_request(f"Invalid value {value}. Must be between {least:g} and {most:g}")
        return number

    return read
