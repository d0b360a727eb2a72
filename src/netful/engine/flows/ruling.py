"""Ruling of one component on a flow, before it becomes a hop of a path."""

from netful.engine.flows.codes import Code
from netful.engine.flows.path import Verdict
from netful.model.core import DEFAULT, Frozen, Origin, Unknown


class Ruling(Frozen):
    """A verdict with its evidence; `missing` names the input that would settle an unknown one, `remedy` a change that helps.

    `decided_by` is the deciding rule, entry or route of the model; None if the rule is only a text.
    """

    verdict: Verdict
    component: str
    rule: str
    code: Code | None = None
    origin: Origin = DEFAULT
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    remedy: str = ""
    decided_by: object = None


def needs(value: object, otherwise: str) -> tuple[str, ...]:
    """Return the input to supply for a value: an Unknown's own needs, else `otherwise`."""
    if isinstance(value, Unknown):
        return value.needs or (value.why,)
    return (otherwise,)
