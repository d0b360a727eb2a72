"""Nested stacks: those whose templates are on this machine are loaded with their parent.

A loaded nested stack has its own resources in the cloud. A nested stack that is elsewhere is opaque, and its outputs
are unknown.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from netful.sources import cloudformation
from netful.sources.account.deployed_stack import nested_id, nested_name
from netful.sources.files import document, project_folder
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.loaded_stacks import LoadedStacks
from netful.sources.template.template_scope import TemplateScope
from netful.sources.template.values import as_text

_DEEPEST = 6
_STACK = "AWS::CloudFormation::Stack"


class ParentValues(Mapping[str, Any]):
    """The parameters that a parent gives to a nested stack, resolved on demand."""

    def __init__(self, parent: TemplateScope, logical_id: str) -> None:
        self._parent = parent
        self._id = logical_id
        written = parent.template.resources[logical_id].get("Properties", {}).get("Parameters")
        self._written = written if isinstance(written, MarkedMap) else MarkedMap()
        self._own = _own_values(parent, logical_id)

    def __getitem__(self, name: str) -> Any:
        if name in self._own:
            return self._own[name]
        if name not in self._written:
            raise KeyError(name)
        return as_text(self._parent.resolve(self._written[name]), self._written.origin_of(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


def _own_values(parent: TemplateScope, logical_id: str) -> Mapping[str, str]:
    """Return the pseudo parameters that are a nested stack's own, in an account."""
    if parent.deployed is None:
        return {}
    root, path = parent.deployed.id, _name(parent, logical_id)
    return {"AWS::StackName": nested_name(root, path), "AWS::StackId": nested_id(root, path)}


def add_nested(loaded: LoadedStacks, parent: TemplateScope, depth: int = 1) -> None:
    """Load every nested stack below a stack; siblings first, since they use one another's outputs."""
    children = []
    for logical_id in parent.template.resources:
        if parent.resources.kind(logical_id) != _STACK or not parent.resources.is_present(logical_id):
            continue
        file = _local_template(parent, logical_id)
        if file is None:
            continue
        if depth > _DEEPEST:
            origin = parent.template.resources.origin_of(logical_id)
            fail(f"stacks are nested more than {_DEEPEST} deep", origin, hint="does a template name itself?")
        values = ParentValues(parent, logical_id)
        template = cloudformation.complete(
            cloudformation.read(file, values), loaded.region, uploaded=parent.deployed is not None
        )
        if name := loaded.described.nested(parent.template.stack, logical_id, loaded.place):
            template = loaded.described.known(template, name, loaded.place)
        children.append(loaded.add(_name(parent, logical_id), template, values, parent.deployed))
        loaded.nested[parent.name, logical_id] = children[-1]
    for child in children:
        add_nested(loaded, child, depth + 1)


def _name(parent: TemplateScope, logical_id: str) -> str:
    """Return the name of a nested stack: in an account, the path from the stack that was deployed."""
    return f"{parent.name}/{logical_id}" if parent.deployed else logical_id


def _local_template(parent: TemplateScope, logical_id: str) -> Path | None:
    """Return the template beside the parent.

    For a remote address the file that matches the end of its path, with a warning.
    """
    location = parent.resources.property(logical_id, "TemplateURL")
    written = _end_as_written(parent.template.resources[logical_id]["Properties"].get("TemplateURL"))
    text = location if isinstance(location, str) else written
    origin = parent.template.resources.origin_of(logical_id)
    at = replace(origin, file=parent.template.file)
    file = document.beside(at, text) if isinstance(location, str) else None
    if file is None and ("://" in text or not isinstance(location, str)):
        file = next(_with_the_end_of(parent.template.file, text), None)
        if file is not None:
            parent.warnings.append(f"{origin}: `{file}` is taken for `{text}`")
    return file


def _with_the_end_of(parent: str, address: str) -> Iterator[Path]:
    """Yield the files beside the parent, or beside its folder, that match the end of an address, the longest first."""
    parts = [part for part in address.split("?", 1)[0].split("/") if part]
    for folder in (Path(parent).parent, Path(parent).parent / ".."):
        for start in range(len(parts)):
            file = folder.joinpath(*parts[start:])
            if file.is_file() and project_folder.holds(parent, file) and not file.samefile(parent):
                yield Path(os.path.normpath(file))


def _end_as_written(node: Any) -> str:
    """Return the end of an address whose beginning is unknown: its last text, after its last variable."""
    if isinstance(node, str):
        return node.rpartition("}")[2]
    members = [*node.values()] if isinstance(node, Mapping) else node if isinstance(node, list) else []
    return next((end for member in reversed(members) if (end := _end_as_written(member))), "")
