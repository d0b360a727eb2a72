"""A stack of the account as a cloud has it: its resources in the order of their dependencies, and its outputs."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from netful.account.cloudformation.deployments.changes import Seen, attributes_of
from netful.account.cloudformation.records import STACK
from netful.account.cloudformation.templates.objects import belongs
from netful.account.cloudformation.templates.template_text import section
from netful.model.cloud import Cloud
from netful.model.core import Resource, SourceError, Unknown
from netful.services.deploy.dynamic_references import with_addresses
from netful.sources.account.deployed_stack import VERSION
from netful.sources.template.references import depends_on, references


def logical_id(resource: Resource) -> str:
    """Return the logical id of a resource."""
    return resource.logical_id


def own_name(stack: str, at: str, cloud: Cloud | None) -> str:
    """Return the logical id of a resource of a stack, by its id in a cloud, or by that of a resource nested in it."""
    found = cloud.template.resources.get(at) if cloud is not None else None
    path = at if found is None else f"{found.stack}/{logical_id(found)}"
    return path.removeprefix(f"{stack}/").partition("/")[0]


def members(cloud: Cloud, stack: str) -> Iterator[Resource]:
    """Yield the resources of a stack itself, those that others refer to first."""
    return iter(in_order(one for one in cloud.template.resources.values() if one.stack == stack))


def in_order(resources: Iterable[Resource]) -> list[Resource]:
    """Return resources, those that others refer to first, and a nested stack after what is in it."""
    own = {one.id: one for one in resources}
    graph = {id_: {*one.references, *one.depends_on} & own.keys() - {id_} for id_, one in own.items()}
    paths = {f"{one.stack}/{logical_id(one)}": one.id for one in own.values() if one.type == STACK}
    nested = [(one, paths[one.stack]) for one in own.values() if one.stack in paths]
    for one, stack in sorted(nested, key=lambda pair: pair[0].stack.count("/")):
        graph[one.id] |= graph[stack]
    for one, stack in nested:
        graph[stack].add(one.id)
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError:  # rejected by the sources already, except for conditions
        order = [*own]
    return [own[id_] for id_ in order]


def physical_id(cloud: Cloud, resource: Resource) -> str:
    """Return the id of a resource in AWS: the value of its `Ref`."""
    return cloud.physical_id(resource.id) or resource.id


def seen(cloud: Cloud, stack: str, root: Mapping[str, Any]) -> dict[str, Seen]:
    """Return the resources of a stack as its template has them, by logical id."""
    written = section(root, "Resources")
    return {
        (name := logical_id(one)): Seen(one, _attributes(one, section(written, name))) for one in members(cloud, stack)
    }


def _attributes(resource: Resource, written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes of a resource; a version that SAM makes by `AutoPublishAlias` stays when the next one comes."""
    by_sam = not written and resource.type == VERSION
    return {"DeletionPolicy": "Retain"} if by_sam else attributes_of(written)


def written(root: Mapping[str, Any]) -> dict[str, Seen]:
    """Return the resources of a template as written, by logical id."""
    return {
        name: Seen(Resource(name, str(one.get("Type")), dict(section(one, "Properties"))), attributes_of(one))
        for name, one in section(root, "Resources").items()
        if isinstance(one, Mapping)
    }


def outputs(cloud: Cloud, stack: str, root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the outputs of a stack as DescribeStacks lists them."""
    written = section(root, "Outputs")
    return [
        {
            "OutputKey": one.id,
            "OutputValue": output_text(cloud, one.value),
            "Description": section(written, one.id).get("Description"),
            "ExportName": one.export_name if isinstance(one.export_name, str) else None,
        }
        for one in cloud.template.outputs
        if one.stack == stack
    ]


def output_text(cloud: Cloud, value: Any) -> str:
    """Return the value of an output: addresses as they are, the text of a reference to a secret or parameter, "" if not known."""
    if isinstance(value, Unknown):
        return with_addresses(value, cloud)
    if isinstance(value, list | tuple):
        return ",".join(output_text(cloud, one) for one in value)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def failed_at(error: SourceError, cloud_file: Path, root: Mapping[str, Any]) -> str:
    """Return the logical id of the resource at which reading a template failed, or ""."""
    origin = error.origin
    if origin is None or Path(origin.file) != cloud_file:
        return ""
    resources = section(root, "Resources")
    lines = getattr(resources, "lines", {})
    before = [(line, name) for name, line in lines.items() if line <= origin.line and name in resources]
    nearest = [name for line, name in before if line == max(before)[0]]  # a JSON text may have one line
    named = [name for name in nearest if any(f"{mark}{name}`" in error.what for mark in "`/")]
    return (named or nearest)[0] if named or len(nearest) == 1 else ""


def inside(cloud: Cloud, stack: str) -> Iterator[Resource]:
    """Yield the resources of a stack and of those nested in it."""
    return (one for one in cloud.template.resources.values() if belongs(one.stack, stack))


def dependents(name: str, root: Mapping[str, Any], stack: str, cloud: Cloud | None) -> frozenset[str]:
    """Return a resource and all that depend on it, as the template has them, and as a cloud with the stack has them."""
    uses = [*_uses_of(root), *(_read(cloud, stack) if cloud is not None else ())]
    found, before = {name}, 0
    while len(found) > before:
        before = len(found)
        found |= {user for user, used in uses if not used.isdisjoint(found)}
    return frozenset(found)


def _uses_of(root: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    for user, one in section(root, "Resources").items():
        yield user, frozenset((*(use.name for use in references(one)), *depends_on(one)))


def _read(cloud: Cloud, stack: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the resources of a stack with those that they use, also those that a transform made."""
    for one in members(cloud, stack):
        used = (cloud.template.resources.get(id_) for id_ in (*one.references, *one.depends_on))
        yield logical_id(one), frozenset(logical_id(each) for each in used if each is not None and each.stack == stack)
