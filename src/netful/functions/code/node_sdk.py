"""Node.js functions that import parts of the AWS SDK for JavaScript which this machine lacks, and AWS's runtimes contain."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from netful.functions.code import runtimes
from netful.functions.code.package import Package
from netful.functions.code.runtime_path import node_modules
from netful.functions.code.runtimes import Family
from netful.model.functions.function import Function

_IMPORT = re.compile(rb"""\b(?:from|import|require)[\s(]*["'](@(?:aws-sdk|smithy)/[a-z0-9-]+)["'/]""")
_SOURCES = (".js", ".mjs", ".cjs")
_MOST_SOURCE = 1 << 20  # bytes of one file; a larger one is a bundle, which contains what it imports
_MOST_FILES = 200


def warnings(functions: Iterable[Function], packages: Mapping[str, Package]) -> list[str]:
    """Return a warning for all functions that import parts of the SDK which neither they nor this machine have."""
    there = node_modules()
    missing: dict[str, Function] = {}
    for function in functions:
        if runtimes.family_of(function) is Family.NODEJS:
            for name in _imports(packages[function.id]):
                if there is None or not (there / name).is_dir():
                    missing.setdefault(name, function)
    if not missing:
        return []
    first, names = next(iter(missing.values())), sorted(missing)
    what = f"`{first.id}` imports {', '.join(f'`{name}`' for name in names)}, which AWS's runtimes have and this machine lacks"
    return [f"{first.origin}: {what} (hint: npm install -g {' '.join(names)})"]


def _imports(package: Package) -> Iterator[str]:
    """Yield the parts of the SDK that a package imports without containing them."""
    own = [
        folder / "node_modules" for folder in (package.folder, package.layers and package.layers / "nodejs") if folder
    ]
    found: dict[str, None] = {}
    for path in _sources(package.folder):
        found.update(dict.fromkeys(name.decode() for name in _IMPORT.findall(path.read_bytes())))
    return (name for name in found if not any((modules / name).is_dir() for modules in own))


def _sources(folder: Path) -> Iterator[Path]:
    """Yield the JavaScript files of a package, without those of its own packages."""
    seen = 0
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in files:
            path = Path(parent, name)
            if path.suffix in _SOURCES and path.is_file() and path.stat().st_size <= _MOST_SOURCE:
                seen += 1
                if seen > _MOST_FILES:
                    return
                yield path
