"""Writes of the query APIs: a request becomes edits, the running network follows them, and the answer describes the result."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from netful.account import reading
from netful.account.changes import Edit, Put, changed, updated
from netful.account.operations.query_api import Operation, Parameters
from netful.account.refused.network_mismatches import mismatches
from netful.account.tags import retagged
from netful.account.wire.errors import DRY_RUN, ApiError, refusal
from netful.model.cloud import Cloud
from netful.model.core import Frozen, NetfulError, Resource, UnkeptError
from netful.model.steps import Becomes

V = TypeVar("V")
_ANSWERS_KEPT = 10_000
_TOKENS = ("ClientToken", "ClientRequestToken", "CreatorRequestId")


class Running(Becomes, Protocol):
    """The cloud that runs, and its way to the next one."""

    cloud: Cloud


class Change(Frozen, Generic[V]):
    """Effect of a write: the edits, and the answer that follows from the view of the cloud after them."""

    edits: tuple[Edit, ...] = ()
    answer: Callable[[V], Mapping[str, Any]] = lambda _view: {"Return": True}


Write = Callable[[V, Parameters], Change[V]]
"""Returns the change for a request, from the view of the cloud before it. Raises ApiError where AWS refuses the request."""


class Writer(Generic[V]):
    """Performs the writes of a service. `view` shows a cloud as the service does.

    `refusal` is the code for an impossible cloud, `mismatch` that for a token of an earlier request with other parameters.
    """

    def __init__(
        self,
        running: Running,
        view: Callable[[Cloud], V],
        refusal: str = "InvalidParameterValue",
        mismatch: str = "IdempotentParameterMismatch",
    ) -> None:
        self._running = running
        self._view = view
        self._refusal = refusal
        self._mismatch = mismatch
        self._turn = asyncio.Lock()
        self._answers: dict[tuple[str, str], tuple[Parameters, Mapping[str, Any]]] = {}

    def operations(self, writes: Mapping[str, Write[V]]) -> dict[str, Operation]:
        """Return the operations that perform some writes, by name."""
        return {name: self._operation(name, write) for name, write in writes.items()}

    def _operation(self, name: str, write: Write[V]) -> Operation:
        async def operation(asked: Parameters) -> Mapping[str, Any]:
            token = next((str(asked[key]) for key in _TOKENS if asked.get(key)), "")
            if not token or asked.get("DryRun"):
                return await self._written(write, asked)
            async with self._turn:  # a client that repeats a call may not wait for its first answer
                if (name, token) not in self._answers:
                    self._answers[name, token] = dict(asked), await self._written(write, asked)
                before, answer = self._answers[name, token]
                if len(self._answers) > _ANSWERS_KEPT:
                    del self._answers[next(iter(self._answers))]
            if before != asked:
                text = f"The token {token} was used by an earlier request with other parameters"
                raise ApiError(self._mismatch, text)
            return answer

        return operation

    async def _written(self, write: Write[V], asked: Parameters) -> Mapping[str, Any]:
        made: list[Change[V]] = []

        def step(cloud: Cloud) -> Cloud:
            made[:] = [write(self._view(cloud), asked)]
            if asked.get("DryRun"):
                raise DRY_RUN
            if cloud.network.vpcs.keys() - cloud.template.resources.keys():
                raise ApiError("UnsupportedOperation", "an account that was only described cannot be changed")
            return self._changed(cloud, made[0].edits) if made[0].edits else cloud

        try:
            await self._running.become(step)
        except UnkeptError:
            raise
        except NetfulError as error:
            raise ApiError(self._refusal, refusal(error)) from error
        return made[0].answer(self._view(self._running.cloud))

    def _changed(self, cloud: Cloud, edits: tuple[Edit, ...]) -> Cloud:
        """Return the cloud after some edits. Raises ApiError for what AWS refuses in its network."""
        after = changed(cloud, edits)
        put = [one.resource.id for one in edits if isinstance(one, Put)]
        refused = next((one for one in mismatches(cloud, after, put) if not one.late), None)
        if refused is not None:
            raise ApiError(refused.code or self._refusal, refused.worded(after))
        return after


def operations(
    running: Running,
    view: Callable[[Cloud], V],
    looks: Mapping[str, reading.Look[V]],
    writes: Mapping[str, Write[V]],
    refusal: str = "InvalidParameterValue",
    mismatch: str = "IdempotentParameterMismatch",
) -> dict[str, Operation]:
    """Return the operations of a service: those that only look at the cloud that runs, and those that write (`Writer`)."""
    writer = Writer(running, view, refusal, mismatch)
    return {**reading.operations(looks, lambda: view(running.cloud)), **writer.operations(writes)}


def retagging(
    found: Callable[[V, Parameters], Resource],
    added: str = "Tags",
    gone: str = "TagKeys",
    property_: Callable[[Resource], str] = lambda _one: "Tags",
) -> Write[V]:
    """Return the write that changes the tags of the resource that a request names: `added` and `gone` are its parameters."""

    def write(view: V, asked: Parameters) -> Change[V]:
        one = found(view, asked)
        tags = retagged(one.properties.get(property_(one)), asked.get(added), asked.get(gone))
        return Change((updated(one, **{property_(one): tags or None}),))

    return write
