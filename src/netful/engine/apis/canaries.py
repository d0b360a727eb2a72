"""Share of a stage's requests that its canary serves (api-gateway §5.18). Chance chooses for each request."""

from collections.abc import Iterator

from netful.model.apis.stage import Stage
from netful.model.core import Frozen, Maybe, Unknown


class Share(Frozen):
    """A stage and its canary; `ways` are those that requests may take: True is the canary's."""

    stage: str
    percent: Maybe[float]
    ways: tuple[bool, ...]

    def assumed(self, canary: bool, *, differs: bool) -> Iterator[str]:  # noqa: FBT001  # one of `ways`
        """Yield the assumption of a path by one of the ways; `differs`: the other way is better for the client."""
        if len(self.ways) == 1:
            return
        share = "those" if isinstance(self.percent, Unknown) else f"the {self.percent:g} %"
        served = f"the request is one of {share} that go to the canary of stage {self.stage}"
        other = f"the request is not one of {share} that go to the canary of stage {self.stage}"
        which = served if canary else other
        yield f"{which}; the others get further" if differs else which


def share_of(stage: Stage | None) -> Share | None:
    """Return the share of a stage's canary; None if it has none."""
    canary = stage.canary if stage is not None else None
    if stage is None or canary is None:
        return None
    percent = canary.percent_traffic or 0.0
    ways = (False, True) if isinstance(percent, Unknown) or 0 < percent < 100 else (percent >= 100,)
    return Share(str(stage.stage_name), percent, ways)
