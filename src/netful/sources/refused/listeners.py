"""Listeners and rules of load balancers that AWS refuses: their protocols, groups and certificates."""

from collections.abc import Callable, Iterable, Iterator

from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing.load_balancers import Action, Listener, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in

_OF_PACKETS = {"TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC", "GENEVE"}
# Protocols that listeners and target groups of a type do not have.
_OTHERS = {LoadBalancerType.APPLICATION: _OF_PACKETS, LoadBalancerType.NETWORK: {"HTTP", "HTTPS", "GENEVE"}}
_TAKEN = {
    "TCP": {"TCP", "TCP_UDP", "TCP_QUIC"},
    "TLS": {"TCP", "TLS"},
    "UDP": {"UDP", "TCP_UDP"},
    "TCP_UDP": {"TCP_UDP"},
}
"""Protocols of the groups that a network load balancer's listener forwards to, by its own protocol."""
_SECURE = {"HTTPS", "TLS"}
_OF_HTTPS = (*ACTIONS, TOKENS)
"""Actions that only listeners of HTTPS have."""

Judge = Callable[[Cloud, Listener, Iterable[Action]], Iterator[str]]
"""Yields the reasons why AWS refuses some actions of a listener."""


def of_actions(judge: Judge, cloud: Cloud) -> Iterator[tuple[str, str]]:
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


def protocols(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield listeners with a protocol of another type of load balancer."""
    for listener in cloud.balancing.listeners.values():
        if listener.protocol in _others(cloud, listener.load_balancer_id):
            yield listener.id, f"`{listener.load_balancer_id}` has no listeners of {listener.protocol}"


def certificates(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield listeners of TLS without a certificate of their own; those that are added later are further ones."""
    for listener in cloud.balancing.listeners.values():
        resource = cloud.template.resources.get(listener.id)
        if resource and listener.protocol in _SECURE and resource.properties.get("Certificates") in (None, []):
            yield listener.id, f"its protocol is {listener.protocol}, and it has no certificate"


def forwards(cloud: Cloud, listener: Listener, actions: Iterable[Action]) -> Iterator[str]:
    """Yield the reason why a load balancer does not forward to the first group whose protocol is that of another type."""
    others = _others(cloud, listener.load_balancer_id)
    groups = (known_in(cloud.balancing.target_groups, id_) for action in actions for id_ in action.target_group_ids)
    taken = _TAKEN.get(str(listener.protocol)) if others == _OTHERS[LoadBalancerType.NETWORK] else None
    for group in groups:
        if group is None or not group.protocol:
            continue
        if group.protocol in others:
            yield f"`{listener.load_balancer_id}` does not forward to `{group.id}`, whose protocol is {group.protocol}"
            return
        if taken is not None and group.protocol not in taken:
            yield f"a listener of {listener.protocol} does not forward to `{group.id}`, whose protocol is {group.protocol}"
            return


def unfit(cloud: Cloud, listener: Listener, actions: Iterable[Action]) -> Iterator[str]:
    """Yield why a listener does not have some actions, or that one redirects to its own request."""
    types = [action.type for action in actions]
    if _others(cloud, listener.load_balancer_id) == _OTHERS[LoadBalancerType.NETWORK]:
        yield from (
            f"`{listener.load_balancer_id}` has no actions but `forward`"
            for one in types[:1]
            if one not in ("forward", "")
        )
    elif listener.protocol == "HTTP":
        yield from (f"`{one}` needs a listener of HTTPS" for one in types if one in _OF_HTTPS)
    if any(_returns(listener, action) for action in actions):
        yield "it redirects to the same URL"


def _returns(listener: Listener, action: Action) -> bool:
    """Return whether a redirect surely changes neither protocol, port, host nor path."""
    config = action.config if action.type == "redirect" and isinstance(action.config, dict) else None
    same = {"Protocol": listener.protocol, "Port": str(listener.port), "Host": "#{host}", "Path": "/#{path}"}
    return config is not None and all(
        str(config.get(name, own)) in (own, f"#{{{name.lower()}}}") for name, own in same.items()
    )


def _others(cloud: Cloud, balancer_id: Maybe[str]) -> set[str]:
    """Return the protocols that a load balancer does not have; none if its type is not known."""
    balancer = known_in(cloud.balancing.load_balancers, balancer_id)
    resource = cloud.template.resources.get(balancer.id) if balancer else None
    if balancer is None or (resource is not None and isinstance(resource.properties.get("Type"), Unknown)):
        return set()
    return _OTHERS.get(balancer.type, set())
