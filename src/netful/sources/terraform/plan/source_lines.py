"""Places of a plan's resources in the configuration beside it: the `.tf` files of its folder, and of the modules that it calls.

A plan has no lines of the configuration. A module from a registry is in a folder that `terraform init` listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from netful.model.core import Origin, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.unreadable import text_of
from netful.sources.terraform.plan.configuration_text import argument_texts, bodies, bodies_with, dynamic_blocks, shape
from netful.sources.terraform.plan.planned_resources import Module, Planned, items, mapping

_BLOCK = re.compile(r'^[ \t]*resource[ \t]+"(?P<type>[^"]+)"[ \t]+"(?P<name>[^"]+)"', re.MULTILINE)
_INDEX = re.compile(r"\[[^\]]*\]")
_INSTALLED = Path(".terraform", "modules", "modules.json")
_Blocks = dict[tuple[str, str], Origin]


class Configuration:
    """The `.tf` files beside a plan, each read once."""

    def __init__(self, plan: Path) -> None:
        self.plan = plan
        self._installed = _installed(plan)
        self._folders: dict[str, Path | None] = {}
        self._files: dict[Path, dict[Path, str]] = {}
        self._bodies: dict[tuple[Path, str], list[str]] = {}
        self._arguments: dict[tuple[Path, str], dict[tuple[str, bool], list[str]]] = {}

    def folder(self, module: Module) -> Path | None:
        """Return a module's folder; None if it is not here."""
        if module.address not in self._folders:
            self._folders[module.address] = _folder(module, self.plan.parent, self._installed)
        return self._folders[module.address]

    def files(self, module: Module) -> dict[Path, str]:
        """Return the texts of a module's files; none if its folder is not here."""
        folder = self.folder(module)
        if folder is None:
            return {}
        if folder not in self._files:
            self._files[folder] = dict(_texts(self.plan, folder))
        return self._files[folder]

    def argument_texts(self, module: Module, block: str, name: str, *, own: bool = False) -> list[str]:
        """Return the texts of an argument of a block in a module's files (`own`: not within blocks of the block)."""
        found = self._arguments.setdefault(self._key(module, block), {})
        if (name, own) not in found:
            bodies_of = self._bodies_of(module, block)
            found[name, own] = [text for body in bodies_of for text in argument_texts(body, name, own=own)]
        return found[name, own]

    def bodies_with(self, module: Module, block: str, name: str) -> list[str]:
        """Return the bodies of the blocks within a block in a module's files that have an argument."""
        return [found for body in self._bodies_of(module, block) for found in bodies_with(body, name)]

    def dynamic_blocks(self, module: Module, block: str) -> list[tuple[str, str, str]]:
        """Return the `dynamic` blocks of a block in a module's files."""
        return [found for body in self._bodies_of(module, block) for found in dynamic_blocks(body)]

    def _bodies_of(self, module: Module, block: str) -> list[str]:
        key = self._key(module, block)
        if key not in self._bodies:
            self._bodies[key] = [body for text in self.files(module).values() for body in bodies(text, block)]
        return self._bodies[key]

    def _key(self, module: Module, block: str) -> tuple[Path, str]:
        return next((file.parent for file in self.files(module)), Path(f"module {module.address}")), block


def origins(configuration: Configuration, planned: Iterable[Planned]) -> dict[str, Origin]:
    """Return the place of the block of each resource, by its address; without those whose block is not here."""
    blocks: dict[Path, _Blocks] = {}
    found = {}
    for resource in planned:
        of_module: _Blocks = {}
        for file, text in configuration.files(resource.module).items():
            if file not in blocks:
                blocks[file] = dict(_blocks(file, text))
            of_module |= blocks[file]
        if place := of_module.get((resource.type, resource.name)):
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


def _texts(plan: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files of a folder that a plan may name, with their texts."""
    for file in sorted(folder.glob("*.tf")):
        with suppress(SourceError):
            if project_folder.holds(plan, file):
                yield file, text_of(file)


def _blocks(file: Path, text: str) -> Iterator[tuple[tuple[str, str], Origin]]:
    """Yield the blocks of a file's resources."""
    line, last, form = 1, 0, shape(text)
    for block in (found for found in _BLOCK.finditer(text) if form[found.end() - 1] == '"'):
        line, last = line + text.count("\n", last, block.start()), block.start()
        yield (block["type"], block["name"]), Origin(str(file), line)
