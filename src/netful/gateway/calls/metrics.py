"""Metrics of APIs, minute by minute: counted here, and delivered when a client reads them (stack.metric_delivery).

The runner of a plan counts responses and latencies. The stage `StageCaches` counts hits and misses, and `IntegrationStage`
the latency of the integration. A response without waiting has no latency.
"""

from collections import deque
from typing import Any

from netful.engine.admission.judgement import Judgement
from netful.engine.admission.metrics import Measured, Minute, data
from netful.engine.usage.caches import cache_of
from netful.engine.usage.throttles import setting_for
from netful.model.apis.api import Api, ApiRoute, Protocol, RestApi
from netful.model.apis.stage import Stage

_KEPT = 24 * 60  # minutes that no client has read
_SECONDS = 60


class Tally:
    """Counts of one method of a stage."""

    __slots__ = ("_ends", "_minutes", "_now", "measured")

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self._ends = 0.0
        self._minutes: deque[Minute] = deque(maxlen=_KEPT)
        self._now = Minute(0)

    def at_once(self, at: float, status: int) -> None:
        """Count a response that was sent without waiting, at a time of day."""
        if at >= self._ends:
            self._turn(at)
        self._now.at_once[status] += 1

    def at_length(self, at: float, status: int, seconds: float) -> None:
        """Count a response that took some time."""
        if at >= self._ends:
            self._turn(at)
        self._now.answers[status] += 1
        self._now.latency.add(seconds * 1000)

    def integrated(self, at: float, seconds: float) -> None:
        """Count a response of an integration."""
        if at >= self._ends:
            self._turn(at)
        self._now.integration.add(seconds * 1000)

    def hit(self, at: float) -> None:
        """Count a hit in the cache of the stage."""
        if at >= self._ends:
            self._turn(at)
        self._now.hits += 1

    def miss(self, at: float) -> None:
        """Count a miss in the cache of the stage."""
        if at >= self._ends:
            self._turn(at)
        self._now.misses += 1

    def take(self) -> list[Minute]:
        """Return the counts since the last call."""
        minutes = [*self._minutes]
        self._minutes.clear()
        self._ends = 0.0
        return minutes

    def _turn(self, at: float) -> None:
        """Begin the minute of a time of day."""
        begins = int(at) // _SECONDS * _SECONDS
        self._now = Minute(begins)
        self._ends = begins + _SECONDS
        self._minutes.append(self._now)


class Metrics:
    """Tallies of a gateway."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, str, str], Tally] = {}
        self._before: list[Tally] = []

    def of(self, judged: Judgement) -> Tally | None:
        """Return the tally for the route of a request; None without a stage. WebSocket APIs have other metrics."""
        api, stage, route = judged.api, judged.stage, judged.route
        if api is None or stage is None or api.protocol is Protocol.WEBSOCKET:
            return None
        place = (api.id, stage.id, *((route.path, route.http_method) if route else ("", "")))
        tally = self._tallies.get(place)
        if tally is None:
            tally = self._tallies[place] = Tally(_measured(api, stage, route))
        return tally

    def change(self) -> None:
        """Apply other names and settings from now on."""
        self._before += self._tallies.values()
        self._tallies = {}

    def take(self) -> list[dict[str, Any]]:
        """Return the counts since the last call, in the form of PutMetricData."""
        taken = [
            one for tally in (*self._before, *self._tallies.values()) for one in data(tally.measured, tally.take())
        ]
        self._before = []
        return taken


def _measured(api: Api, stage: Stage, route: ApiRoute | None) -> Measured:
    rest, name = isinstance(api, RestApi), str(stage.stage_name)
    called = api.name if rest and isinstance(api.name, str) else api.id
    if route is None:
        return Measured(rest, called, name)
    detailed = setting_for(stage, route).metrics_enabled is True
    return Measured(rest, called, name, route.http_method, route.path, detailed, cache_of(stage, route).enabled)
