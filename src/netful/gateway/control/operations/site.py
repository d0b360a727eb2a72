"""Site of operations: the cloud of a running stack, or a draft of its next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from netful.engine.usage.throttles import Limit
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.admission.meter import Meter
from netful.gateway.admission.validation import Validation
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.integrations.integrations import Integrations
from netful.model.cloud import Cloud


class Flush(Protocol):
    """Empties the caches of a stage, in every process: of responses, or of results of authorizers."""

    async def __call__(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a cache."""


@dataclass
class Site:
    """A running stack, as far as its APIs go, or a draft of it, in which an operation makes the next cloud.

    `meter` has counted the quotas. `account` is the account's limit where it is not AWS's. `emptied` are the stages whose
    caches are to be emptied once the stack has the draft's cloud.
    """

    cloud: Cloud
    flush: Flush
    meter: Meter
    integrations: Integrations
    authorizers: Authorizers
    clock: Callable[[], float]
    account: Limit | None = None
    validation: Validation = field(default_factory=Validation)
    emptied: list[str] = field(default_factory=list)
    times_made: dict[str, float] = field(default_factory=dict)
    times_changed: dict[str, float] = field(default_factory=dict)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.began or self.clock()

    def draft(self, cloud: Cloud) -> Site:
        """Return a site in which an operation can make the next cloud after this one."""
        return replace(
            self, cloud=cloud, emptied=[], times_made={**self.times_made}, times_changed={**self.times_changed}
        )

    def take(self, draft: Site) -> None:
        """Take over the times that a draft has noted."""
        self.times_made, self.times_changed = draft.times_made, draft.times_changed

    def made(self, id_: str) -> int:
        """Return when a thing was made."""
        return int(self.times_made.get(id_, self.began))

    def changed(self, id_: str) -> int:
        """Return when a thing was changed last."""
        return int(self.times_changed.get(id_, self.made(id_)))

    def note(self, id_: str, *, new: bool) -> None:
        """Note that a thing is made, or changed, now."""
        (self.times_made if new else self.times_changed)[id_] = self.clock()

    def put(self, part: str, thing: Any) -> None:
        """Replace the thing with the same id, in a part of the cloud such as `stages`."""
        things = self.cloud.part(part)
        self.note(thing.id, new=thing.id not in things)
        self.cloud = self.cloud.having(**{part: {**things, thing.id: thing}})


Does = Callable[[Site, OperationRequest], Any]
"""Returns what is sent as JSON, or None, or an awaitable of either."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its method, its path with names in braces, its function, and the status of its success."""

    method: str
    path: str
    does: Does
    status: int = 200


@dataclass(frozen=True, slots=True)
class Change(Operation):
    """An operation that makes another cloud, in a draft of the site: a pure step, without waiting."""
