"""Differences between two clouds with those of resources that no object of the model has, such as queues and permissions."""

from collections.abc import Iterator, Mapping

from netful.model.cloud import Cloud
from netful.model.core import Resource, words_of
from netful.model.difference import Difference, differences, same
from netful.sources.understanding.declared import DECLARED

_NOT_LISTED = ("AWS::CDK::Metadata", "Netful::", "Terraform::")
"""Beginnings of types whose resources say nothing, or are netful's own."""

_OWN = "netful:"
"""Beginning of the properties that are netful's own."""


def with_resources(before: Cloud, after: Cloud) -> tuple[Difference, ...]:
    """Return all differences, and those of the resources that are in no other one: not in that of the object that they are a part of."""
    found = differences(before, after)
    listed = {one.id for one in found}
    names = {**before.names_by_id, **after.names_by_id}
    changed = _changed(before.template.resources, after.template.resources)
    alone = (difference for resource, difference in changed if listed.isdisjoint(_holders(resource, names)))
    return (*found, *alone)


def _holders(resource: Resource, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the ids of a resource and of those that it is a part of."""
    yield resource.id
    declaration = DECLARED.get(resource.type)
    for name in declaration.part_of.split() if declaration else ():
        yield from (names.get(word, word) for word in words_of(resource.properties.get(name)))


def _changed(before: Mapping[str, Resource], after: Mapping[str, Resource]) -> Iterator[tuple[Resource, Difference]]:
    for id_ in dict.fromkeys((*before, *after)):
        old, new = before.get(id_), after.get(id_)
        resource = new or old
        assert resource is not None
        fields = _fields(old, new) if old and new else ()
        if (fields or old is None or new is None) and not resource.type.startswith(_NOT_LISTED):
            kind, label = resource.type.rpartition("::")[2], " ".join(id_.split())  # of a URL it ends in a blank
            yield resource, Difference("~" if fields else "+" if new else "-", kind, label, fields)


def _fields(old: Resource, new: Resource) -> tuple[str, ...]:
    """Return the properties that differ."""
    names = (name for name in dict.fromkeys((*old.properties, *new.properties)) if not name.startswith(_OWN))
    return tuple(name for name in names if not same(old.properties.get(name), new.properties.get(name)))
