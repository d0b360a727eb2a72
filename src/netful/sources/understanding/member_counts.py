"""Counts of tasks, instances and nodes that are not known, or start at 0: answers assume that there is one.

A service of ECS whose count is 0 has no interface at all. A fleet with such a count has interfaces, because it may grow.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from netful.model.core import Resource, Unknown, whole_number
from netful.model.unread import Unread, Weight
from netful.sources.readers.launching import FLEET

_COUNTS = {
    "AWS::ECS::Service": (("DesiredCount",), "one task"),
    FLEET: (("DesiredCapacity", "MinSize"), "one instance"),
    "AWS::ElastiCache::CacheCluster": (("NumCacheNodes",), "one node"),
}
"""Properties with the number of members, the one that counts first, and the words for one member."""


def unsure_counts(some: Iterable[Resource]) -> Iterator[Unread]:
    """Yield the counts on which it depends whether some resources have a member."""
    for resource in some:
        names, member = _COUNTS.get(resource.type, ((), ""))
        name = next((one for one in names if resource.properties.get(one) is not None), "")
        why = _why(resource.properties.get(name))
        if why:
            value = resource.properties[name]
            needs = value.needs or (f"`{name}` of {resource.id}",) if isinstance(value, Unknown) else ()
            assumption = f"{resource.id} has {member}: its `{name}` {why}"
            origin = resource.property_origins.get(name, resource.origin)
            yield Unread(
                resource.id, name, Weight.ASSUMED, (resource.id,), origin=origin, needs=needs, assumption=assumption
            )


def _why(count: Any) -> str:
    """Return why it depends on a count whether there is a member; "" if there is one."""
    if isinstance(count, Unknown):
        return "is not known"
    return "is 0" if whole_number(count) == 0 else ""
