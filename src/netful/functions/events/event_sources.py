"""Event sources: what their pollers need and read, and the pollers of all mappings."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

from netful.engine.events.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.engine.events.mapping_refusals import mapping_refusal
from netful.functions.events.event_queue import Clock
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.functions.invocations.invocation import Invocation
from netful.model.cloud import Cloud

log = logging.getLogger(__name__)


class InvokeFunction(Protocol):
    """Runs a function once. Raises InvokeRefused if Lambda's API would refuse, NetfulError if netful cannot run it."""

    def __call__(self, function_id: str, event: bytes, trace_id: str = "", /) -> Awaitable[Invocation]:
        """Run it by its id, with an event, and the header of a trace that it continues."""


class Record(Protocol):
    """A record in the function's format, its place in the shard, and its arrival time (seconds of the epoch)."""

    @property
    def content(self) -> dict[str, Any]:
        """The record in the function's format."""

    @property
    def sequence_number(self) -> str:
        """Its place in the shard."""

    @property
    def at(self) -> float:
        """Its arrival time."""


class Poller(Protocol):
    """Reads a source."""

    def run(self) -> Awaitable[None]:
        """Read until cancelled."""


class Pollers(KeptTasks[EventSourceMapping]):
    """A poller for each enabled mapping that Lambda makes; `make` returns None for a source that cannot be read."""

    def __init__(self, make: Callable[[EventSourceMapping], Poller | None], clock: Clock | None = None) -> None:
        super().__init__(clock)
        self._make = make

    def _wanted(self, cloud: Cloud) -> Iterator[EventSourceMapping]:
        for mapping in event_source_mappings(cloud):
            why = mapping_refusal(cloud, cloud.template.resources[mapping.id]) if mapping.enabled else ""
            if why:
                log.warning("`%s` ignored: %s", mapping.id, why)
            elif mapping.enabled:
                yield mapping

    def _start(self, key: EventSourceMapping) -> Run | None:
        poller = self._make(key)
        return poller.run if poller else None
