"""Request of an operation: the names in its path, its query, its body; and pages of items."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs

import msgspec
from msgspec import field

from netful.account.apigateway.operations.faults import bad_request
from netful.model.core.frozen import Frozen
from netful.model.core.numbers import whole_number
from netful.services.http.message import Request

T = TypeVar("T")
_PAGE, _LARGEST = 25, 500


class OperationRequest(Frozen):
    """A request to API Gateway's API: `names` are those of its path, `body` is its JSON object, or `document` its text."""

    names: dict[str, str]
    query: dict[str, list[str]] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    document: str = ""

    def naming(self, **names: str) -> OperationRequest:
        """Return the request with other names in its path."""
        return replace(self, names={**self.names, **names})

    def one(self, name: str) -> str:
        """Return a parameter of the query; "" where it is left out."""
        return self.query.get(name, [""])[0]

    def given(self, form: type[T]) -> T:
        """Return the body as the input of an operation."""
        try:
            return msgspec.convert(self.body, form)
        except msgspec.ValidationError as error:
            raise bad_request(f"Invalid request input: {error}") from None

    def flag(self, name: str) -> bool:
        """Return a parameter that is a boolean."""
        return self.one(name).lower() == "true"


def asked(request: Request, names: dict[str, str], *, document: bool = False) -> OperationRequest:
    """Return the operation request of a request, whose body is a JSON object or a document."""
    query = parse_qs(request.query, keep_blank_values=True)
    if document:
        return OperationRequest(names, query, document=request.body.decode(errors="replace"))
    try:
        body = msgspec.json.decode(request.body or b"{}")
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("Invalid request input")
    return OperationRequest(names, query, body)


def page(wanted: OperationRequest, items: Iterable[Any]) -> dict[str, Any]:
    """Return as many of the items as the request asks for, and the position of the next page if more follow."""
    found, begin = [*items], _place(wanted.one("position"))
    limit = whole_number(wanted.one("limit") or _PAGE)
    if not limit:
        raise bad_request("Invalid limit specified")
    end = begin + min(limit, _LARGEST)
    following = {"position": base64.b64encode(str(end).encode()).decode()} if end < len(found) else {}
    return {"item": found[begin:end], **following}


def page_of(wanted: OperationRequest, items: Iterable[Any]) -> dict[str, Any]:
    """Return the page of items that a request of the newer API asks for, by default all."""
    listed = [*items]
    begin, most = whole_number(wanted.one("nextToken") or 0), whole_number(wanted.one("maxResults") or len(listed) or 1)
    if begin is None or not most:
        raise bad_request("Invalid maxResults or nextToken specified")
    end = begin + most
    return {"items": listed[begin:end], **({"nextToken": str(end)} if end < len(listed) else {})}


def _place(position: str) -> int:
    if not position:
        return 0
    try:
        return int(base64.b64decode(position, validate=True))
    except ValueError:
        raise bad_request("Invalid position specified") from None
