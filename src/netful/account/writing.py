"""Writes of the query APIs: a request becomes edits, the running network follows them, and the answer describes the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from netful.account.changes import Edit, changed
from netful.account.query_api import Operation, Parameters
from netful.account.wire.errors import DRY_RUN, ApiError
from netful.model.cloud import Cloud
from netful.model.core.errors import NetfulError, UnkeptError
from netful.model.steps import Becomes

V = TypeVar("V")
_TOKENS = ("ClientToken", "ClientRequestToken")


class Running(Becomes, Protocol):
    """The cloud that runs, and its way to the next one."""

    cloud: Cloud


@dataclass(frozen=True, slots=True)
class Change(Generic[V]):
    """Effect of a write: the edits, and the answer that follows from the view of the cloud after them."""

    edits: tuple[Edit, ...] = ()
    answer: Callable[[V], Mapping[str, Any]] = field(default=lambda _view: {"Return": True})


Write = Callable[[V, Parameters], Change[V]]
"""Returns the change for a request, from the view of the cloud before it. Raises ApiError where AWS refuses the request."""


class Writer(Generic[V]):
    """Performs the writes of a service. `view` shows a cloud as the service does, `refusal` is the code for an impossible cloud."""

    def __init__(self, running: Running, view: Callable[[Cloud], V], refusal: str = "InvalidParameterValue") -> None:
        self._running = running
        self._view = view
        self._refusal = refusal
        self._answers: dict[str, Mapping[str, Any]] = {}

    def operations(self, writes: Mapping[str, Write[V]]) -> dict[str, Operation]:
        """Return the operations that perform some writes, by name."""
        return {name: self._operation(write) for name, write in writes.items()}

    def _operation(self, write: Write[V]) -> Operation:
        async def operation(asked: Parameters) -> Mapping[str, Any]:
            token = next((str(asked[name]) for name in _TOKENS if asked.get(name)), "")
            if token not in self._answers:
                answer = await self._written(write, asked)
                if not token:
                    return answer
                self._answers[token] = answer
            return self._answers[token]

        return operation

    async def _written(self, write: Write[V], asked: Parameters) -> Mapping[str, Any]:
        made: list[Change[V]] = []

        def step(cloud: Cloud) -> Cloud:
            made[:] = [write(self._view(cloud), asked)]
            if asked.get("DryRun"):
                raise DRY_RUN
            if cloud.network.vpcs.keys() - cloud.template.resources.keys():
                raise ApiError("UnsupportedOperation", "an account that was only described cannot be changed")
            return changed(cloud, made[0].edits) if made[0].edits else cloud

        try:
            await self._running.become(step)
        except UnkeptError:
            raise
        except NetfulError as error:
            raise ApiError(self._refusal, str(error)) from error
        return made[0].answer(self._view(self._running.cloud))
