"""Counts of tasks, instances and nodes that are not known, or may be 0: answers assume that there is one.

A service of ECS whose count is 0 has no interface at all, so what only its tasks could answer is unknown if something scales it. A
fleet with such a count has interfaces, because it may grow.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import Resource, Unknown, whole_number
from netful.model.unread import Unread, Weight
from netful.sources.readers.launching import FLEET

_SERVICE, _SCALED = "AWS::ECS::Service", "AWS::ApplicationAutoScaling::ScalableTarget"
_COUNTS = {
    _SERVICE: (("DesiredCount",), "one task"),
    _SCALED: (("MinCapacity",), "one task"),
    FLEET: (("DesiredCapacity", "MinSize"), "one instance"),
    "AWS::AutoScaling::ScheduledAction": (("DesiredCapacity", "MaxSize"), "one instance"),
    "AWS::ElastiCache::CacheCluster": (("NumCacheNodes",), "one node"),
}
"""Properties with the number of members, the one that counts first, and the words for one member."""
_CHANGED = {_SCALED: _SERVICE, "AWS::AutoScaling::ScheduledAction": FLEET}
"""The types of those whose count a resource changes."""


def unsure_counts(some: Iterable[Resource], resources: Mapping[str, Resource]) -> Iterator[Unread]:
    """Yield the counts on which it depends whether some resources have a member."""
    for resource in some:
        names, member = _COUNTS.get(resource.type, ((), ""))
        name = next((one for one in names if resource.properties.get(one) is not None), "")
        value = resource.properties.get(name)
        why, origin = _why(value), resource.property_origins.get(name, resource.origin)
        needs = value.needs or (f"`{name}` of {resource.id}",) if isinstance(value, Unknown) else ()
        for owner in _owners(resource, resources) if why else ():
            of = "its `{}`" if owner == resource.id else f"`{{}}` of {resource.id}"
            assumption = f"{owner} has {member}: {of.format(name)} {why}"
            yield Unread(resource.id, name, Weight.ASSUMED, (owner,), origin=origin, needs=needs, assumption=assumption)
        if resource.type == _SERVICE and whole_number(value, 1) == 0 and _is_scaled(resource, resources):
            yield Unread(resource.id, name, Weight.OPENS, (resource.id, *_groups(resource, resources)), origin=origin)


def _why(count: Any) -> str:
    """Return why it depends on a count whether there is a member; "" if there is one."""
    if isinstance(count, Unknown):
        return "is not known"
    return "is 0" if whole_number(count) == 0 else ""


def _owners(resource: Resource, resources: Mapping[str, Resource]) -> Iterator[str]:
    """Yield those whose members a resource counts: itself, or what it refers to."""
    changed = _CHANGED.get(resource.type)
    every = resource.references if changed else (resource.id,)
    return (id_ for id_ in every if id_ in resources and resources[id_].type == (changed or resource.type))


def _is_scaled(service: Resource, resources: Mapping[str, Resource]) -> bool:
    targets = (one for one in resources.values() if one.type == _SCALED and service.id in one.references)
    return any(whole_number(one.properties.get("MaxCapacity"), 1) for one in targets)


def _groups(service: Resource, resources: Mapping[str, Resource]) -> Iterator[str]:
    """Yield the target groups in which the tasks of a service register."""
    every = (resources[id_] for id_ in service.references if id_ in resources)
    return (one.id for one in every if one.type == "AWS::ElasticLoadBalancingV2::TargetGroup")
