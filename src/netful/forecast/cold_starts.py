"""Duration of cold starts in both designs of Lambda: a random model (lambda §10).

Its components are the rows of that table; the old design's wait for an interface made functions in a VPC slow. The parameters
come from public measurements and are not guaranteed by AWS.
"""

import math
import random

from netful.model.core import Frozen
from netful.model.functions.function import Function

_DRAWS = 4_000
_SEED = 404
_PLACE = (60.0, 200.0)  # median and 99th percentile, ms
_CODE_MS = 20.0
_TUNNEL_MS = (1.0, 20.0)
_REUSE_MS = 50.0
_NEW_ENI = (9_000.0, 15_000.0)  # median and 99th percentile, ms
_ENI_MB = 3_072
_INIT_MS = {  # minimum, mean and maximum of a small function
    "python": (67, 87, 131),
    "nodejs": (109, 139, 183),
    "java": (154, 209, 283),
    "dotnet": (202, 250, 413),
}
_Z99 = 2.326  # 99th percentile of a normal distribution


class Quantiles(Frozen):
    """Milliseconds until the handler is called."""

    p50: float
    p99: float


class ColdStarts(Frozen):
    """Cold starts in today's design, and in that of before 2019 (equal outside a VPC)."""

    hyperplane: Quantiles
    per_sandbox: Quantiles


def cold_starts(function: Function) -> ColdStarts:
    """Return the cold starts of a function, without its own init code, whose duration is unknown."""
    chance = random.Random(_SEED)  # noqa: S311  # a model, not a secret
    share = 1 / max(1, _ENI_MB // function.memory_size)
    now, before = [], []
    for _ in range(_DRAWS):
        start = _lognormal(chance, *_PLACE) + _CODE_MS + _init(chance, function)
        new = chance.random() < share
        wait = _lognormal(chance, *_NEW_ENI) if new else _REUSE_MS
        now.append(start + (chance.uniform(*_TUNNEL_MS) if function.in_vpc else 0))
        before.append(start + (wait if function.in_vpc else 0))
    return ColdStarts(_quantiles(now), _quantiles(before))


def _init(chance: random.Random, function: Function) -> float:
    family = next((name for name in _INIT_MS if str(function.runtime).startswith(name)), "python")
    least, mean, most = _INIT_MS[family]
    return chance.triangular(least, most, min(max(3 * mean - least - most, least), most))


def _lognormal(chance: random.Random, median: float, p99: float) -> float:
    return chance.lognormvariate(math.log(median), math.log(p99 / median) / _Z99)


def _quantiles(drawn: list[float]) -> Quantiles:
    drawn.sort()
    return Quantiles(round(drawn[len(drawn) // 2], 1), round(drawn[int(len(drawn) * 0.99)], 1))
