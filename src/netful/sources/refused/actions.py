"""Actions of listeners and of their rules, each judged beside its listener."""

from collections.abc import Callable, Iterable, Iterator

from netful.model.balancing.load_balancers import Action, Listener
from netful.model.cloud import Cloud
from netful.model.core import known_in

Judge = Callable[[Cloud, Listener, Iterable[Action]], Iterator[str]]
"""Yields the reasons why AWS refuses some actions of a listener."""


def of_listeners(judge: Judge, cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield listeners whose default actions AWS refuses, and the reasons."""
    for listener in cloud.balancing.listeners.values():
        for reason in judge(cloud, listener, listener.default_actions):
            yield listener.id, reason


def of_rules(judge: Judge, cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield rules whose actions AWS refuses, and the reasons."""
    for rule in cloud.balancing.listener_rules.values():
        listener = known_in(cloud.balancing.listeners, rule.listener_id)
        for reason in judge(cloud, listener, rule.actions) if listener else ():
            yield rule.id, reason
