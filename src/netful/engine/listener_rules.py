"""What a listener does with a request: its rules by priority, else its default actions (vpc-network §9.2).

Without a request (a question about a port) the default actions count. A condition that a URL does not settle (a header,
a method, a query, a client's address) is taken not to hold, which the path then assumes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netful.engine.policies import like
from netful.model.balancer import Action, Listener, ListenerRule, RuleCondition
from netful.model.cloud import Cloud
from netful.model.origin import Origin
from netful.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """The part of a request that a URL tells."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The actions that a listener takes; `rule` is "" for its default ones."""

    actions: tuple[Action, ...]
    origin: Origin
    rule: str = ""
    assumptions: tuple[str, ...] = ()


def choose(cloud: Cloud, listener: Listener, request: HttpRequest | None) -> Chosen:
    """The actions for a request, or for none in particular."""
    rules = [rule for rule in cloud.listener_rules.values() if rule.listener_id == listener.id]
    notes: list[str] = []
    for rule in sorted(rules, key=lambda each: each.priority) if request else ():
        holds = _holds(rule, request) if request else False
        if holds:
            return Chosen(rule.actions, rule.origin, rule.id, tuple(notes))
        if holds is None:
            notes.append(f"the request does not meet the conditions of {rule.id} that a URL does not tell")
    return Chosen(listener.default_actions, listener.origin, assumptions=tuple(notes))


def _holds(rule: ListenerRule, request: HttpRequest) -> bool | None:
    answers = [_condition(condition, request) for condition in rule.conditions]
    return False if False in answers else None if None in answers else True


def _condition(condition: RuleCondition, request: HttpRequest) -> bool | None:
    ask = _FIELDS.get(condition.field)
    if ask is None:
        return None
    known = [value for value in condition.values if not isinstance(value, Unknown)]
    if any(ask(value, request) for value in known):
        return True
    return None if len(known) < len(condition.values) else False


_FIELDS: dict[str, Callable[[str, HttpRequest], bool]] = {
    "host-header": lambda pattern, request: like(pattern.lower(), request.host.lower()),
    "path-pattern": lambda pattern, request: like(pattern, request.path),
}
