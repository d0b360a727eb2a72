"""Operators with Java's results: integers stay integers, their division truncates, `+` with a string concatenates.

An operation on null, or on values of unsuitable types, gives null, as in Velocity; a comparison of them is false.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from netful.engine.vtl.java.values import equal, is_number, text
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError

Operator = Callable[[Any, Any], Any]


def _arithmetic(of: Operator, left: Any, right: Any) -> Any:
    if not (is_number(left) and is_number(right)):
        return None
    try:
        result = of(left, right)
    except OverflowError:
        return math.inf
    if type(result) is int and result.bit_length() > limits.INTEGER_BITS:
        raise RenderError(f"a number of more than {limits.INTEGER_BITS} bits")
    return result


def _comparison(of: Operator) -> Operator:
    return lambda left, right: bool(of(left, right)) if is_number(left) and is_number(right) else False


def _divide(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        whole = abs(left) // abs(right)
        return whole if (left < 0) == (right < 0) else -whole
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    if right == 0:
        return None
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


_sum = partial(_arithmetic, lambda left, right: left + right)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        if left is None or right is None:
            return None
        return text(left) + text(right)
    return _sum(left, right)


# : without `&&` and `||`, which may skip their right side
OPERATORS: dict[str, Operator] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _comparison(lambda left, right: left < right),
    ">": _comparison(lambda left, right: left > right),
    "<=": _comparison(lambda left, right: left <= right),
    ">=": _comparison(lambda left, right: left >= right),
    "+": _plus,
    "-": partial(_arithmetic, lambda left, right: left - right),
    "*": partial(_arithmetic, lambda left, right: left * right),
    "/": partial(_arithmetic, _divide),
    "%": partial(_arithmetic, _remainder),
}
