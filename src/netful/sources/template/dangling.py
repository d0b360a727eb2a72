"""References from deployed resources to resources whose condition is false."""

from collections.abc import Iterator
from typing import Any

from netful.model.core import DanglingReference, Unknown
from netful.sources.files.marked import MarkedMap, rebuilt
from netful.sources.template.conditions import Conditions
from netful.sources.template.references import Reference, depends_on, references
from netful.sources.template.resources import StackResources


def dangling(
    owner: str, node: MarkedMap, resources: StackResources, conditions: Conditions
) -> Iterator[DanglingReference]:
    """Yield the references of a resource or an output to resources that are not deployed."""
    after = (Reference(name, "", node.origin_of("DependsOn")) for name in depends_on(node))
    for use in (*references(_taken(node, conditions)), *after):
        if not use.condition and use.name in resources and not resources.is_admitted(use.name):
            yield DanglingReference(owner, use.name, resources.condition(use.name), origin=use.origin)


def _taken(node: Any, conditions: Conditions) -> Any:
    """Return a value as written without the branches that a known condition excludes."""
    if isinstance(node, MarkedMap):
        branches = node.get("Fn::If") if len(node) == 1 else None
        if isinstance(branches, list) and len(branches) == 3 and isinstance(branches[0], str):
            holds = conditions.holds(branches[0], node.origin)
            if not isinstance(holds, Unknown):
                return _taken(branches[1 if holds else 2], conditions)
    return rebuilt(node, lambda member: _taken(member, conditions))
