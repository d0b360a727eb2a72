"""Conditions and their functions, in three-valued logic: a condition that depends on an unknown is unknown.

A deciding operand is enough: `Fn::And` with one false operand is false whatever the others are.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from netful.model.core import Origin, Unknown, is_true
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.scope import ValueEvaluator
from netful.sources.template.values import as_text, merged, unknowns_in


def truth(evaluator: ValueEvaluator, node: Any, origin: Origin) -> bool | Unknown:
    """Return whether a condition holds, in three-valued logic."""
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
        return is_true(value)
    return fail(
        "a condition must be true or false", origin, hint="use one of " + ", ".join(f"`{name}`" for name in CONNECTIVES)
    )


def _equals(evaluator: ValueEvaluator, argument: Any, origin: Origin) -> bool | Unknown:
    left, right = (evaluator.value(o) for o in evaluator.operands(argument, origin, "Fn::Equals", (2,)))
    if unknowns := [*unknowns_in(left), *unknowns_in(right)]:
        return merged(unknowns)
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return bool(left == right)
    return as_text(left, origin) == as_text(right, origin)


def _not(evaluator: ValueEvaluator, argument: Any, origin: Origin) -> bool | Unknown:
    (operand,) = evaluator.operands(argument, origin, "Fn::Not", (1,))
    holds = truth(evaluator, operand, origin)
    return holds if isinstance(holds, Unknown) else not holds


def _fold(name: str, evaluator: ValueEvaluator, argument: Any, origin: Origin, *, deciding: bool) -> bool | Unknown:
    operands = evaluator.operands(argument, origin, name, tuple(range(2, 11)))
    values = [truth(evaluator, operand, origin) for operand in operands]
    if any(value is deciding for value in values):
        return deciding
    unknowns = [value for value in values if isinstance(value, Unknown)]
    return merged(unknowns) if unknowns else not deciding


CONNECTIVES: dict[str, Callable[[ValueEvaluator, Any, Origin], bool | Unknown]] = {
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": partial(_fold, "Fn::And", deciding=False),
    "Fn::Or": partial(_fold, "Fn::Or", deciding=True),
}


class Conditions:
    """The conditions of a stack, each evaluated on first use. `is_partial`: a macro that was not run may make others."""

    def __init__(self, written: MarkedMap, evaluator: ValueEvaluator, *, is_partial: bool = False) -> None:
        self._written = written
        self._is_partial = is_partial
        self._evaluator = evaluator
        self._known: dict[str, bool | Unknown] = {}

    def holds(self, name: str, origin: Origin) -> bool | Unknown:
        """Return whether a named condition holds."""
        if name not in self._written:
            if self._is_partial:
                return Unknown(f"condition `{name}` is made by a macro", (f"condition {name}",))
            fail(f"condition `{name}` is not defined", origin, hint=close_match(name, self._written))
        if name not in self._known:
            self._known[name] = truth(self._evaluator, self._written[name], self._written.origin_of(name))
        return self._known[name]

    def presumption(self, part: MarkedMap) -> str:
        """Return the assumption that the condition of a resource or an output holds; "" if that is known."""
        name = str(part["Condition"]) if "Condition" in part else ""
        holds = self.holds(name, part.origin_of("Condition")) if name else True
        return f"condition `{name}` holds, although {holds.why}" if isinstance(holds, Unknown) else ""

    def admit(self, holder: MarkedMap) -> bool:
        """Return whether a resource or an output is deployed; an unknown condition is assumed to hold."""
        name = holder.get("Condition")
        return not isinstance(name, str) or self.holds(name, holder.origin_of("Condition")) is not False

    def assumed(self, holders: MarkedMap) -> Iterator[str]:
        """Yield a warning for each unknown condition of some resources, which is assumed to hold."""
        names = {name for holder in holders.values() if isinstance(name := holder.get("Condition"), str)}
        for name in sorted(names):
            origin = self._written.origin_of(name)
            holds = self.holds(name, origin)
            if isinstance(holds, Unknown):
                yield f"{origin}: condition `{name}` is taken to hold: {holds.why}"
