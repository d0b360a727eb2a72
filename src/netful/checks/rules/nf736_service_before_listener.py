"""NF736: a service of ECS whose target group has no load balancer when the service is made (hosts §ECS).

ECS creates a service only if its target group belongs to a load balancer, which it does as soon as a listener or a rule
forwards to it. The service refers to the group and not to the listener, so it may be made first. The deployment then
fails: `The target group … does not have an associated load balancer`.

Instead: Let a listener or a rule forward to the group, and let the service depend on it.
"""

from collections.abc import Iterable, Iterator

from netful.checks.facts.dependencies import dependency_on
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.apis.deployments import made_before
from netful.model.balancing.load_balancers import Action
from netful.model.core import Maybe, Resource, Unknown, mappings

_SERVICE, _GROUP = "AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::TargetGroup"


@Rule.of("service does not wait for its listener", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for service in facts.cloud.template.of_type(_SERVICE):
        before = made_before(facts.cloud, (*service.depends_on, *service.references))
        for group in _groups(facts, service):
            forwarding = sorted(_forwarding(facts, group))
            if not forwarding and _is_only_for_services(facts, group):
                yield Problem.of(
                    service,
                    f"ECS refuses `{service.id}`: no listener and no rule forwards to its target group `{group.id}`",
                    f"let a listener or a rule forward to `{group.id}`",
                    Certainty.LIKELY,
                )
            elif forwarding and before.isdisjoint(forwarding) and _are_together(facts, service, forwarding):
                yield Problem.of(
                    service,
                    f"`{service.id}` does not wait for `{forwarding[0]}`, which makes `{group.id}` the target group of a load balancer",
                    f"add {dependency_on(forwarding[0])}",
                    Certainty.LIKELY,
                )


def _groups(facts: Facts, service: Resource) -> Iterator[Resource]:
    """Yield the target groups of a service that are made by the same template: others may have a load balancer already."""
    for part in mappings(service.properties.get("LoadBalancers")):
        name = part.get("TargetGroupArn")
        group = facts.cloud.template.resources.get(facts.cloud.named(name)) if isinstance(name, str) else None
        if group and group.type == _GROUP and group.id in service.references and group.stack == service.stack:
            yield group


def _forwarding(facts: Facts, group: Resource) -> Iterator[str]:
    """Yield the listeners and rules that forward to a group."""
    return (id_ for id_, groups in _forwards(facts) if group.id in groups)


def _forwards(facts: Facts) -> Iterator[tuple[str, list[Maybe[str]]]]:
    """Yield the listeners and rules, each with the groups that it forwards to."""
    balancing = facts.cloud.balancing
    for listener in balancing.listeners.values():
        yield listener.id, _targets(listener.default_actions)
    for rule in balancing.listener_rules.values():
        yield rule.id, _targets(rule.actions)


def _targets(actions: Iterable[Action]) -> list[Maybe[str]]:
    return [id_ for action in actions for id_ in action.target_group_ids]


def _is_only_for_services(facts: Facts, group: Resource) -> bool:
    """Return whether only services refer to a group: else what forwards to it may be in another stack."""
    template = facts.cloud.template
    open_ = any(isinstance(id_, Unknown) for _, groups in _forwards(facts) for id_ in groups)
    told = any(group.id in str(output.value) or str(group.ref) in str(output.value) for output in template.outputs)
    users = (one for one in template.resources.values() if group.id in one.references)
    return not open_ and not told and all(one.type == _SERVICE for one in users)


def _are_together(facts: Facts, service: Resource, names: Iterable[str]) -> bool:
    """Return whether resources are in the stack of a service, which alone decides about their order."""
    found = (facts.cloud.template.resources.get(name) for name in names)
    return all(one is not None and one.stack == service.stack for one in found)
