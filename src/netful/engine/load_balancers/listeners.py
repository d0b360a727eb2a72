"""Listeners: the one that accepts a packet, and its actions for a request (vpc-network §9.2).

The first matching rule by priority decides, else the default actions.

Without a request (a question about a port), the first rule that matches every request decides, else the default actions. A
condition on an unknown part of the request (a header, a method) is assumed not to match.
"""

from typing import Any

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow, Ports
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.flows.truth import every
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers import rule_conditions
from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, LoadBalancer
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, Unknown
from netful.model.network.protocols import TCP, UDP

_PROTOCOLS = {
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "TCP": (TCP,),
    "TLS": (TCP,),
    "UDP": (UDP,),
    "TCP_UDP": (TCP, UDP),
    "QUIC": (UDP,),
    "TCP_QUIC": (TCP, UDP),
}
_EVERY = {"path-pattern": {"*", "/*"}, "host-header": {"*"}}
"""Values of conditions that match all requests."""


class Chosen(Frozen):
    """Actions of a listener; `rule` is "" for the default ones."""

    actions: tuple[Action, ...]
    origin: Origin
    rule: str = ""
    transforms: tuple[Any, ...] = ()
    assumptions: tuple[str, ...] = ()


def judge(cloud: Cloud, balancer: LoadBalancer, flow: Flow) -> tuple[Listener | None, Ruling]:
    """Return the listener for a packet, and the ruling of the load balancer."""
    own = cloud.balancing.listeners_of(balancer.id)
    for listener in own:
        port = listener.port
        takes = flow.protocol in _PROTOCOLS.get(listener.protocol, ())
        if takes and not isinstance(port, Unknown) and flow.destination.ports == Ports(port, port):
            rule = f"listens by {listener.protocol}"
            return listener, Ruling("allow", balancer.id, rule, origin=listener.origin)
    doubts = [each.port for each in own if isinstance(each.port, Unknown)]
    if doubts:
        rule = "which ports it listens on is not known"
        return None, Ruling("unknown", balancer.id, rule, origin=balancer.origin, missing=needs(doubts[0], ""))
    ports = ", ".join(f"{each.protocol} {each.port}" for each in own) or "nothing"
    rule = f"does not listen on {flow.service}, but on {ports}"
    return None, Ruling("deny", balancer.id, rule, code=Code.ELBV2_LISTENERS_MISMATCH, origin=balancer.origin)


def choose(cloud: Cloud, listener: Listener, request: HttpRequest | None) -> Chosen:
    """Return the actions for a request, or for any request."""
    notes: list[str] = []
    for rule in sorted(cloud.balancing.rules_of(listener.id), key=lambda each: each.priority):
        holds = _holds(rule, request) if request else _takes_all(rule)
        if holds:
            return Chosen(rule.actions, rule.origin, rule.id, rule.transforms, tuple(notes))
        if holds is None:
            notes.append(f"the request does not meet the conditions of {rule.id} that a URL does not tell")
    return Chosen(listener.default_actions, listener.origin, assumptions=tuple(notes))


def _takes_all(rule: ListenerRule) -> bool:
    return all(_EVERY.get(each.field, set()) & {*map(str, each.values)} for each in rule.conditions)


def _holds(rule: ListenerRule, request: HttpRequest) -> bool | None:
    return every(rule_conditions.holds(condition, request) for condition in rule.conditions)
