"""Actions of listeners and rules that the daemon decides, and their names in questions."""

from collections.abc import Iterator

from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing.load_balancers import Action, Listener, LoadBalancer
from netful.model.cloud import Cloud
from netful.model.core import file_name

ASKING = (*ACTIONS, TOKENS)
"""Types of the actions that the daemon decides."""


def all_actions(cloud: Cloud, balancer: LoadBalancer) -> Iterator[Action]:
    """Yield the actions of a load balancer's listeners and rules."""
    for listener in cloud.balancing.listeners_of(balancer.id):
        yield from actions_of(cloud, listener)


def actions_of(cloud: Cloud, listener: Listener) -> Iterator[Action]:
    """Yield the actions of a listener and its rules."""
    yield from listener.default_actions
    for rule in cloud.balancing.rules_of(listener.id):
        yield from rule.actions


def action_at(cloud: Cloud, arguments: tuple[str, ...]) -> Action:
    """Return the action that a question names: by its listener or rule, and its number there."""
    holder, number = arguments
    every = {file_name(one.id): one.default_actions for one in cloud.balancing.listeners.values()}
    every |= {file_name(one.id): one.actions for one in cloud.balancing.listener_rules.values()}
    return every[holder][int(number)]
