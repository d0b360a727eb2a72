"""Resources of a stack that depend on another one: they cannot be made without it."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.cloudformation.deployments.stack_view import logical_id, members
from netful.account.cloudformation.templates.template_text import section
from netful.model.cloud import Cloud
from netful.sources.template.references import depends_on, references


def dependents(name: str, root: Mapping[str, Any], stack: str, cloud: Cloud | None) -> frozenset[str]:
    """Return a resource and all that depend on it, as the template has them, and as a cloud with the stack has them."""
    uses = [*_written(root), *(_read(cloud, stack) if cloud is not None else ())]
    found, before = {name}, 0
    while len(found) > before:
        before = len(found)
        found |= {user for user, used in uses if not used.isdisjoint(found)}
    return frozenset(found)


def _written(root: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for user, one in section(root, "Resources").items():
        yield user, frozenset((*(use.name for use in references(one)), *depends_on(one)))


def _read(cloud: Cloud, stack: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the resources of a stack with those that they use, also those that a transform made."""
    for one in members(cloud, stack):
        used = (cloud.template.resources.get(id_) for id_ in (*one.references, *one.depends_on))
        yield logical_id(one), frozenset(logical_id(each) for each in used if each is not None)
