"""Results of Lambda authorizers, kept for their time (api-gateway §5.12)."""

from typing import Any

Place = tuple[str, ...]
"""A stage, an authorizer, and the identity of the caller."""

_MOST = 10_000  # clients choose identities, so the number of kept results is limited


class Results:
    """Results in this process. The oldest are dropped when the store is full. Times are monotonic."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[float, dict[str, Any]]] = {}

    async def get(self, place: Place, now: float) -> dict[str, Any] | None:
        """Return the result that is kept for a place, or None."""
        ends, result = self._kept.get(place, (0.0, None))
        return result if ends > now else None

    async def put(self, place: Place, seconds: float, now: float, result: dict[str, Any]) -> None:
        """Keep a result for some time."""
        if len(self._kept) >= _MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[place] = (now + seconds, result)

    async def flush(self, stage_id: str) -> None:
        """Forget the results of a stage."""
        self._kept = {place: kept for place, kept in self._kept.items() if place[0] != stage_id}
