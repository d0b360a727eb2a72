"""Usage plans and API keys (spec: api-gateway §3.4, §3.5)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe


class Throttle(Frozen):
    """A token bucket: its rate in tokens per second, and its size. None means not set."""

    rate_limit: Maybe[float] | None = None
    burst_limit: Maybe[int] | None = None


class Quota(Frozen):
    """Requests per period (DAY, WEEK or MONTH) of each key over all stages of its plan."""

    limit: Maybe[int]
    period: Maybe[str]
    offset: Maybe[int] = 0


class PlanStage(Frozen):
    """A stage of a plan. `methods` are its own limits, by (path, method)."""

    api_id: Maybe[str]
    stage_name: Maybe[str]
    methods: Mapping[tuple[str, str], Throttle] = field(default_factory=dict)


class UsagePlan(Identified):
    """A usage plan; `key_ids` are the API keys bound to it."""

    name: Maybe[str]
    stages: tuple[PlanStage, ...] = ()
    throttle: Throttle | None = None
    quota: Quota | None = None
    key_ids: tuple[Maybe[str], ...] = ()
    description: Maybe[str] | None = None


class ApiKey(Identified):
    """An API key. `value` is None if AWS generates it."""

    name: Maybe[str] | None = None
    value: Maybe[str] | None = None
    enabled: bool = True
    description: Maybe[str] | None = None
