"""Properties that AWS's schemas refuse: missing ones, unknown ones at the top, and below the top those that are surely misspelt.

Types without a schema here keep all of theirs.
"""

from collections.abc import Collection, Iterator

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments.stack_view import inside
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.sources import schema_names
from netful.sources.files.complaint import SURELY, close_match

_NEWER = "hint: if the property is new, a newer netful may know it"


def refuse_misspelt(cloud: Cloud, stack: str) -> None:
    """Raise DeploymentError if a resource of a stack has a property that its type does not have, or lacks one that it needs."""
    resources = {one.id: one for one in inside(cloud, stack)}
    for id_, written, hint in (*_unread(cloud, resources), *_beyond_schema(resources.values())):
        *path, name = written.split(".")
        text = f"[{'/'.join(('#', *path))}: extraneous key [{name}] is not permitted]"
        raise _invalid(resources[id_], f"{text}; {hint or _NEWER}")
    for one in resources.values():
        for name in schema_names.required(one.type):
            if name not in one.properties:
                raise _invalid(one, f"[#: required key [{name}] not found]")


def _invalid(one: Resource, text: str) -> DeploymentError:
    return DeploymentError(f"Properties validation failed for resource {one.logical_id} with message: {text}", one.id)


def _unread(cloud: Cloud, ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the misspelt properties of what netful reads, at any depth."""
    for one in cloud.template.unread:
        if one.hint and not (one.is_type or one.is_value) and one.resource_id in ids:
            yield one.resource_id, one.what, one.hint


def _beyond_schema(resources: Collection[Resource]) -> Iterator[tuple[str, str, str]]:
    """Yield the properties at the top that a schema does not have."""
    for one in resources:
        known = schema_names.attributes(one.type)
        for name in one.properties if known else ():
            if name not in known:
                yield one.id, name, close_match(name, known, likeness=SURELY)
