"""The metrics of APIs: counted here, minute by minute, and sent nowhere until somebody looks (stack.metric_delivery).

An answer that is given at once costs two look-ups; its latency counts as nothing.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from netful.engine.admission.judgement import Judgement
from netful.engine.admission.metrics import Measured, Minute, data
from netful.engine.usage.caches import cache_of
from netful.engine.usage.throttles import setting_for
from netful.model.apis.api import Api, Protocol, RestApi, Route
from netful.model.apis.stage import Stage

_KEPT = 24 * 60  # minutes that nobody has asked for
_SECONDS = 60


class Timing:
    """When a call's integration was asked, and had answered; monotonic, 0 where it was not. `hit`: the cache had the answer."""

    __slots__ = ("asked", "done", "hit")

    def __init__(self) -> None:
        self.asked = self.done = 0.0
        self.hit = False


class Tally:
    """What is counted of one method of a stage."""

    __slots__ = ("_ends", "_minutes", "_now", "measured")

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self._ends = 0.0
        self._minutes: deque[Minute] = deque(maxlen=_KEPT)
        self._now = Minute(0)

    def at_once(self, at: float, status: int) -> None:
        """A request of a time of day was answered on the spot."""
        if at >= self._ends:
            self._turn(at)
        self._now.at_once[status] += 1

    def hit(self, at: float, status: int) -> None:
        """The same, by the stage's cache."""
        self.at_once(at, status)
        self._now.hits += 1

    def at_length(self, at: float, status: int, seconds: float, timing: Timing) -> None:
        """A request was answered after some time."""
        if at >= self._ends:
            self._turn(at)
        now = self._now
        now.answers[status] += 1
        now.latency.add(seconds * 1000)
        if timing.asked:
            now.integration.add((timing.done - timing.asked) * 1000)
            now.misses += 1
        elif timing.hit:
            now.hits += 1

    def take(self) -> list[Minute]:
        """What was counted since this was last asked."""
        minutes = [*self._minutes]
        self._minutes.clear()
        self._ends = 0.0
        return minutes

    def _turn(self, at: float) -> None:
        """Begin a minute."""
        begins = int(at) // _SECONDS * _SECONDS
        self._now = Minute(begins)
        self._ends = begins + _SECONDS
        self._minutes.append(self._now)


class Metrics:
    """The tallies of a gateway."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, str, str], Tally] = {}
        self._before: list[Tally] = []

    def of(self, judged: Judgement) -> Tally | None:
        """The tally of what a request asks for; None of what is no stage's. WebSocket APIs have other metrics."""
        api, stage, route = judged.api, judged.stage, judged.route
        if api is None or stage is None or api.protocol is Protocol.WEBSOCKET:
            return None
        place = (api.id, stage.id, *((route.path, route.http_method) if route else ("", "")))
        tally = self._tallies.get(place)
        if tally is None:
            tally = self._tallies[place] = Tally(_measured(api, stage, route))
        return tally

    def change(self) -> None:
        """Names and settings may be others from now on."""
        self._before += self._tallies.values()
        self._tallies = {}

    def take(self) -> list[dict[str, Any]]:
        """What was counted since this was last asked, as PutMetricData has it."""
        taken = [
            one for tally in (*self._before, *self._tallies.values()) for one in data(tally.measured, tally.take())
        ]
        self._before = []
        return taken


def _measured(api: Api, stage: Stage, route: Route | None) -> Measured:
    rest, name = isinstance(api, RestApi), str(stage.stage_name)
    called = api.name if rest and isinstance(api.name, str) else api.id
    if route is None:
        return Measured(rest, called, name)
    detailed = setting_for(stage, route).metrics_enabled is True
    return Measured(rest, called, name, route.http_method, route.path, detailed, cache_of(stage, route).enabled)
