"""Nested stacks: each is a stack of its own, which follows its parent."""

from collections.abc import Iterator
from pathlib import Path

from netful.account.cloudformation.deployments import progress
from netful.account.cloudformation.deployments.stack_view import logical_id, members, output_text
from netful.account.cloudformation.records import STACK, Content, StackRecord, now
from netful.account.cloudformation.stacks import Stacks
from netful.account.cloudformation.templates.parameters import with_defaults
from netful.account.cloudformation.templates.template_text import parsed, section
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
        progress.follow(record, cloud, path, _content(cloud, path, parent_path))
    for gone in there.values():
        _end(stacks, gone)


def _content(cloud: Cloud, path: str, parent_path: str) -> Content:
    """Return the template of a nested stack, and the values that its parent gives to its parameters."""
    file = Path(next(members(cloud, path)).origin.file)
    body = file.read_text(encoding="utf-8")
    own = next(one for one in members(cloud, parent_path) if f"{parent_path}/{logical_id(one)}" == path)
    given = {name: output_text(cloud, value) for name, value in section(own.properties, "Parameters").items()}
    return Content(body, file, with_defaults(section(parsed(body), "Parameters"), given))


def path_of(stacks: Stacks, record: StackRecord, cloud: Cloud) -> str:
    """Return the name by which a cloud has a stack: of a nested one the path from the stack that was deployed."""
    root = next((one for one in stacks if one.id == record.root_id), record)
    found = (path for path, _ in _nested(cloud, root.name, root.name) if nested_id(root.id, path) == record.id)
    return next(found, record.name)


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


def _end(stacks: Stacks, record: StackRecord) -> None:
    record.set("DELETE_IN_PROGRESS", "User Initiated")
    for name in reversed([*record.members]):
        if record.members[name].there:
            record.set_member(name, record.members[name].type, "DELETE_COMPLETE")
    record.set("DELETE_COMPLETE")
    record.deleted = now()
    stacks.by_name.pop(record.name, None)
