"""Where operations work: the cloud of a running stack, and what changes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from netful.engine.usage.throttles import Limit
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.admission.meter import Meter
from netful.gateway.admission.validation import Validation
from netful.gateway.control.operations.operation_request import Asked
from netful.gateway.integrations.integrations import Integrations
from netful.model.cloud import Cloud


class Flush(Protocol):
    """Empties the caches of a stage, in every process: of its responses, or of what its authorizers have said."""

    async def __call__(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Do so."""


@dataclass
class Site:
    """A running stack, as far as its APIs go.

    `change` has every process answer for another cloud. `meter` has counted the quotas. `account` is the account's limit
    where it is not AWS's.
    """

    cloud: Callable[[], Cloud]
    change: Callable[[Cloud], Awaitable[None]]
    flush: Flush
    meter: Meter
    integrations: Integrations
    authorizers: Authorizers
    clock: Callable[[], float]
    account: Limit | None = None
    validation: Validation = field(default_factory=Validation)
    _made: dict[str, float] = field(default_factory=dict)
    _changed: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def made(self, id_: str) -> int:
        """When a thing was made."""
        return int(self._made.get(id_, self.began))

    def changed(self, id_: str) -> int:
        """When it was changed last."""
        return int(self._changed.get(id_, self.made(id_)))

    def note(self, id_: str, *, new: bool) -> None:
        """A thing is made, or changed, now."""
        (self._made if new else self._changed)[id_] = self.clock()

    async def put(self, part: str, thing: Any) -> None:
        """Have a thing instead of what has its id, in a part of the cloud (`stages`, say)."""
        cloud = self.cloud()
        self.note(thing.id, new=thing.id not in cloud.part(part))
        await self.change(cloud.having(**{part: {**cloud.part(part), thing.id: thing}}))


Does = Callable[[Site, Asked], Any]
"""Answers with what is told as JSON, or with nothing; it may have to be waited for."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its method, its path with names in braces, what it does, and the status of its success."""

    method: str
    path: str
    does: Does
    status: int = 200
