"""Places of a plan's resources in the configuration beside it: the `.tf` files of its folder, and of the modules that it calls.

A plan has no lines of the configuration. A module from a registry is in a folder that `terraform init` listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from netful.model.core import Origin, SourceError
from netful.sources.files import project_folder
from netful.sources.files.json_text import from_json
from netful.sources.files.unreadable import text_of
from netful.sources.terraform.plan import Module, Planned, items, mapping

_BLOCK = re.compile(r'^[ \t]*resource[ \t]+"(?P<type>[^"]+)"[ \t]+"(?P<name>[^"]+)"', re.MULTILINE)
_INDEX = re.compile(r"\[[^\]]*\]")
_INSTALLED = Path(".terraform", "modules", "modules.json")
_Blocks = dict[tuple[str, str], Origin]


def origins(plan: Path, planned: Iterable[Planned]) -> dict[str, Origin]:
    """Return the place of the block of each resource, by its address; without those whose block is not here."""
    installed = _installed(plan)
    blocks: dict[Path, _Blocks] = {}
    found = {}
    for resource in planned:
        folder = _folder(resource.module, plan.parent, installed)
        if folder is not None and folder not in blocks:
            blocks[folder] = dict(_blocks(plan, folder))
        if folder is not None and (place := blocks[folder].get((resource.type, resource.name))):
            found[resource.address] = place
    return found


def _folder(module: Module, root: Path, installed: dict[str, Path]) -> Path | None:
    """Return the folder of a module: the plan's own, the one that its caller names, or the installed one."""
    if module.parent is None:
        return root
    source = module.call.get("source")
    if isinstance(source, str) and source.startswith(("./", "../")):
        caller = _folder(module.parent, root, installed)
        return caller / source if caller else None
    return installed.get(_INDEX.sub("", module.address).replace("module.", ""))


def _installed(plan: Path) -> dict[str, Path]:
    """Return the folder of each module that `terraform init` installed beside a plan, by its key, such as `net.subnets`."""
    try:
        listed: Any = from_json(text_of(plan.parent / _INSTALLED))
    except (SourceError, json.JSONDecodeError, RecursionError):
        return {}
    modules = items(mapping(listed).get("Modules"))
    return {str(one.get("Key")): plan.parent / str(one.get("Dir")) for one in modules}


def _blocks(plan: Path, folder: Path) -> Iterator[tuple[tuple[str, str], Origin]]:
    """Yield the blocks of a folder's resources, of files that a plan may name."""
    for file in sorted(folder.glob("*.tf")):
        try:
            text = text_of(file) if project_folder.holds(plan, file) else ""
        except SourceError:
            continue
        line, last = 1, 0
        for block in _BLOCK.finditer(text):
            line, last = line + text.count("\n", last, block.start()), block.start()
            yield (block["type"], block["name"]), Origin(str(file), line)
