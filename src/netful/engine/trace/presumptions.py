"""Presumptions of a path: the conditions of what takes part in it hold, also where that is not known.

A relation, such as the association of a subnet with a route table, is no hop. It takes part with the resources that it names.
An Elastic IP does so at an internet gateway, a permission where a function is invoked.
"""

import re
from collections.abc import Iterable, Iterator

from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Path
from netful.engine.trace.ends.destinations import InterfaceDestination
from netful.engine.trace.question import Question
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, texts

_RELATION = re.compile(r"AWS::(?:\w+::\w+(?:Association|Attachment|Propagation)|EC2::EIP|Lambda::Permission)")
_AT = {
    "AWS::EC2::EIP": (HopKind.IGW,),
    "AWS::EC2::EIPAssociation": (HopKind.IGW,),
    "AWS::EC2::VPCDHCPOptionsAssociation": (HopKind.NAME,),
    "AWS::Lambda::Permission": (HopKind.INTEGRATION, HopKind.TARGET),
}
"""Types of relations, and the hops at which they count."""
_UNNAMED = "AWS::EC2::DHCPOptions"
"""The type of what decides about hops that do not name it."""


class _Relation(Frozen):
    """A relation that may not be there, with the loaded resources that it names, and that hops name."""

    resource: Resource
    names: frozenset[str]

    def concerns(self, kinds: frozenset[HopKind], taking_part: Iterable[str]) -> bool:
        """Return whether the relation takes part in a path with hops of some kinds."""
        at = _AT.get(self.resource.type, ())
        return bool(self.names) and self.names.issubset(taking_part) and (not at or not kinds.isdisjoint(at))


def presumed(cloud: Cloud, question: Question, path: Path, taking_part: Iterable[str]) -> Iterator[str]:
    """Yield what the resources of a path assume by being there; both ends are there, as the question asks about them."""
    resources, there = cloud.template.resources, dict.fromkeys(taking_part)
    target = question.target.name if isinstance(question.target, InterfaceDestination) else ""
    asked = {resources[name].presumption for name in (question.source, target) if name in resources}
    kinds = frozenset(hop.kind for hop in path.every_hop)
    relations = cloud.derived(__name__, lambda: tuple(_relations(cloud)))
    related = (one.resource for one in relations if one.concerns(kinds, there))
    found = (*(resources[name] for name in there if name in resources), *related)
    yield from (one.presumption for one in found if one.presumption and one.presumption not in asked)


def is_needed(cloud: Cloud) -> bool:
    """Return whether any resource may not be there."""
    return cloud.derived((__name__, "any"), lambda: any(one.is_uncertain for one in cloud.template.resources.values()))


def _relations(cloud: Cloud) -> Iterator[_Relation]:
    resources = cloud.template.resources
    for one in resources.values():
        if one.is_uncertain and _RELATION.fullmatch(one.type):
            written = (text for value in one.properties.values() for text in texts([value, *texts(value)]))
            names = frozenset(map(cloud.named, written)) & resources.keys()
            yield _Relation(one, frozenset(name for name in names if resources[name].type != _UNNAMED))
