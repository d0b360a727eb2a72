"""Nested stacks: each is a stack of its own, which follows its parent."""

from collections.abc import Iterator
from pathlib import Path

from netful.account.cloudformation.deployments.stack_view import logical_id, members, outputs, physical_id, seen
from netful.account.cloudformation.records import STACK, Content, StackRecord, now
from netful.account.cloudformation.stacks import Stacks
from netful.account.cloudformation.templates.template_text import parsed
from netful.model.cloud import Cloud
from netful.sources.account.deployed_stack import nested_id, nested_name


def follow(stacks: Stacks, root: StackRecord, cloud: Cloud) -> None:
    """Bring the stacks that are nested in one to what a cloud has."""
    wanted = dict(_nested(cloud, root.name, root.name))
    there = {one.id: one for one in stacks if one.root_id == root.id and one.deleted is None}
    for path, parent_path in wanted.items():
        id_ = nested_id(root.id, path)
        record = there.pop(id_, None) or stacks.add(StackRecord(nested_name(root.id, path), id_))
        record.root_id = root.id
        record.parent_id = root.id if parent_path == root.name else nested_id(root.id, parent_path)
        _fill(record, cloud, path)
    for gone in there.values():
        _end(stacks, gone)


def end(stacks: Stacks, root: StackRecord) -> None:
    """Delete the stacks that are nested in one."""
    for one in [*stacks]:
        if one.root_id == root.id and one.deleted is None:
            _end(stacks, one)


def _nested(cloud: Cloud, path: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the paths of loaded nested stacks with those of their parents."""
    names = {one.stack for one in cloud.template.resources.values()}
    for one in members(cloud, path):
        inner = f"{path}/{logical_id(one)}"
        if one.type == STACK and inner in names:
            yield inner, path
            yield from _nested(cloud, inner, root)


def _fill(record: StackRecord, cloud: Cloud, path: str) -> None:
    own = [*members(cloud, path)]
    file = Path(own[0].origin.file)
    body = file.read_text(encoding="utf-8")
    root, fresh = parsed(body), record.content is None
    former = record.content.body if record.content else ""
    record.content = Content(body, file)
    record.description = str(root.get("Description") or "")
    record.outputs = outputs(cloud, path, root)
    if former == body:
        return
    status = "CREATE" if fresh else "UPDATE"
    record.set(f"{status}_IN_PROGRESS", "User Initiated")
    record.updated = None if fresh else now()
    found = seen(cloud, path, root)
    for resource in own:
        name = logical_id(resource)
        record.set_member(
            name, resource.type, f"{status}_COMPLETE", "", physical_id(cloud, resource), found[name].properties
        )
    for name in record.members.keys() - found.keys():
        record.set_member(name, record.members[name].type, "DELETE_COMPLETE")
    record.set(f"{status}_COMPLETE")


def _end(stacks: Stacks, record: StackRecord) -> None:
    record.set("DELETE_IN_PROGRESS", "User Initiated")
    for name in reversed([*record.members]):
        if record.members[name].there:
            record.set_member(name, record.members[name].type, "DELETE_COMPLETE")
    record.set("DELETE_COMPLETE")
    record.deleted = now()
    stacks.by_name.pop(record.name, None)
