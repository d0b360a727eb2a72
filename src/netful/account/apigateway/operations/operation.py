"""Operations: their requests, and their site, which is the cloud of a running stack or a draft of its next one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs

import msgspec
from msgspec import field

from netful.account.apigateway.operations.faults import bad_request
from netful.account.wire.json_texts import decoded
from netful.engine.usage.throttles import Limit
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.admission.meter import Meter
from netful.gateway.admission.validation import Validation
from netful.gateway.integrations.integrations import Integrations
from netful.model.cloud import Cloud
from netful.model.core import Frozen, whole_number
from netful.services.http.message import Request

T = TypeVar("T")
_PAGE, _LARGEST = 25, 500


class OperationRequest(Frozen):
    """A request to API Gateway's API: `names` are those of its path, `body` is its JSON object, or `document` its text.

    `accept` is the content type that the client asks for, "" for any.
    """

    names: dict[str, str]
    query: dict[str, list[str]] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    document: str = ""
    accept: str = ""

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
    query, accept = parse_qs(request.query, keep_blank_values=True), request.first.get("accept", "")
    if document:
        return OperationRequest(names, query, document=request.body.decode(errors="replace"), accept=accept)
    try:
        body = decoded(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("Invalid request input")
    return OperationRequest(names, query, body, accept=accept)


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
        place = whole_number(base64.b64decode(position, validate=True).decode())
    except ValueError:
        place = None
    if place is None:
        raise bad_request("Invalid position specified")
    return place


class Flush(Protocol):
    """Call that empties a stage's cache of responses, or of the results of its authorizers, in every process."""

    async def __call__(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a cache."""


@dataclass
class Site:
    """The APIs of a running stack, or a draft in which an operation makes the next cloud.

    `meter` counts the quotas. `account` is the account's limit if it is not AWS's default. `emptied` are the stages whose
    caches have to be emptied once the stack has the draft's cloud.
    """

    cloud: Cloud
    flush: Flush
    meter: Meter
    integrations: Integrations
    authorizers: Authorizers
    validation: Validation
    clock: Callable[[], float]
    account: Limit | None = None
    emptied: list[str] = dataclass_field(default_factory=list)
    times_made: dict[str, float] = dataclass_field(default_factory=dict)
    times_changed: dict[str, float] = dataclass_field(default_factory=dict)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.began or self.clock()

    def draft(self, cloud: Cloud) -> Site:
        """Return a site in which an operation can make the next cloud after this one."""
        return replace(
            self, cloud=cloud, emptied=[], times_made={**self.times_made}, times_changed={**self.times_changed}
        )

    def take(self, draft: Site) -> None:
        """Adopt the times that a draft has noted."""
        self.times_made, self.times_changed = draft.times_made, draft.times_changed

    def made(self, id_: str) -> int:
        """Return the time at which a resource was created."""
        return int(self.times_made.get(id_, self.began))

    def changed(self, id_: str) -> int:
        """Return the time of a resource's last change."""
        return int(self.times_changed.get(id_, self.made(id_)))

    def note(self, id_: str, *, new: bool) -> None:
        """Note that a resource is created, or changed, now."""
        (self.times_made if new else self.times_changed)[id_] = self.clock()


class Does(Protocol):
    """Implementation of an operation. It returns the result for the JSON response, a response, or None; it may be a coroutine function."""

    __name__: str

    def __call__(self, site: Site, wanted: OperationRequest, /) -> Any:
        """Serve a request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its function, and its name at AWS if its function does not have it. The service's model has its address."""

    does: Does
    named: str = ""

    @property
    def name(self) -> str:
        """The operation's name at AWS."""
        return self.named or "".join(word.title() for word in self.does.__name__.split("_"))


@dataclass(frozen=True, slots=True)
class Change(Operation):
    """An operation that makes another cloud, in a draft of the site: a pure step, without waiting."""


def reads(
    noun: str,
    every: Callable[[Site, OperationRequest], Iterable[Any]],
    one: Callable[[Site, OperationRequest], Any],
    paged: Callable[[OperationRequest, Iterable[Any]], dict[str, Any]] = page,
) -> tuple[Operation, Operation]:
    """Return the operations that list the things of a kind in pages, and that return one."""

    def listed(site: Site, wanted: OperationRequest) -> Any:
        return paged(wanted, every(site, wanted))

    return (
        Operation(listed, named=f"Get{noun}s"),
        Operation(one, named=f"Get{noun}"),
    )
