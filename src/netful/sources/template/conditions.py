"""The functions of conditions, in three-valued logic: a condition that hangs on an unknown is unknown.

What decides alone does so: `Fn::And` with one false operand is false whatever the others are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netful.model.core.origin import Origin
from netful.model.core.unknown import Unknown
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.values import as_text, merged, unknowns_in

if TYPE_CHECKING:
    from netful.sources.template.intrinsics import Evaluator


def truth(evaluator: Evaluator, node: Any, origin: Origin) -> bool | Unknown:
    """Whether a condition holds, in three-valued logic."""
    if isinstance(node, MarkedMap) and len(node) == 1:
        (name, argument) = next(iter(node.items()))
        origin = node.origin_of(name)
        if name == "Condition":
            return evaluator.scope.condition(str(argument), origin)
        if name in CONNECTIVES:
            return CONNECTIVES[name](evaluator, argument, origin)
    value = evaluator.value(node)
    if isinstance(value, Unknown):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    return fail(
        "a condition must be true or false", origin, hint="use one of " + ", ".join(f"`{name}`" for name in CONNECTIVES)
    )


def _equals(evaluator: Evaluator, argument: Any, origin: Origin) -> bool | Unknown:
    left, right = (evaluator.value(o) for o in evaluator.operands(argument, origin, "Fn::Equals", (2,)))
    if unknowns := [*unknowns_in(left), *unknowns_in(right)]:
        return merged(unknowns)
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return bool(left == right)
    return as_text(left, origin) == as_text(right, origin)


def _not(evaluator: Evaluator, argument: Any, origin: Origin) -> bool | Unknown:
    (operand,) = evaluator.operands(argument, origin, "Fn::Not", (1,))
    holds = truth(evaluator, operand, origin)
    return holds if isinstance(holds, Unknown) else not holds


def _fold(name: str, deciding: bool) -> Callable[[Evaluator, Any, Origin], bool | Unknown]:  # noqa: FBT001 - the one value that decides alone
    def function(evaluator: Evaluator, argument: Any, origin: Origin) -> bool | Unknown:
        operands = evaluator.operands(argument, origin, name, tuple(range(1, 11)))
        values = [truth(evaluator, operand, origin) for operand in operands]
        if any(value is deciding for value in values):
            return deciding
        unknowns = [value for value in values if isinstance(value, Unknown)]
        return merged(unknowns) if unknowns else not deciding

    return function


CONNECTIVES: dict[str, Callable[[Evaluator, Any, Origin], bool | Unknown]] = {
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _fold("Fn::And", deciding=False),
    "Fn::Or": _fold("Fn::Or", deciding=True),
}
