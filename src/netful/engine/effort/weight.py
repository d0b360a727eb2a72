"""Weight of a value: the units that it costs to print, to compare or to copy it."""

from typing import Any

from netful.engine.effort.allowance import Allowance

_NODE = 16


def pay_for(work: Allowance, *values: Any, times: int = 1) -> None:
    """Pay for the weight of values, some times. A list that holds itself, or the same list many times, weighs each of them."""
    waiting, each = list(values), max(times, 1)
    while waiting:
        one = waiting.pop()
        found = _NODE
        if isinstance(one, dict):
            waiting.extend(one.values())
            found += len(one) * _NODE
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif isinstance(one, str):
            found += len(one) >> 4
        elif isinstance(one, int):
            found += one.bit_length() ** 2 >> 14  # its digits take quadratic time
        work.spend(found * each)
