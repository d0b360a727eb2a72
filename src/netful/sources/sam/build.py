"""Output of `sam build`: folders with the code of functions and layers and its dependencies, used in place of the sources."""

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from netful.model.core import Origin
from netful.sources.files import document, read_files
from netful.sources.files.marked import MarkedMap
from netful.sources.sam.serverless import mapping, part
from netful.sources.template.template import Template

_BUILD = Path(".aws-sam", "build")
_LOCATIONS = ("CodeUri", "ContentUri", "Code", "Content")
_NOT_SOURCE = frozenset({"node_modules", "__pycache__"})
_MOST_FILES = 2000


def use_built(template: Template) -> None:
    """Put the folders of `sam build` into the properties for code, where it has run beside the template."""
    home = Path(template.file).parent
    made = home / _BUILD / "template.yaml"
    read_files.note(made)
    if not made.is_file():
        return
    written = mapping(document.read(made).root)
    replaced: dict[str, Origin] = {}
    for name, resource in template.resources.items():
        built = part(written, "Resources", name, "Properties")
        for location in _LOCATIONS:
            folder = built.get(location)
            if isinstance(folder, str) and isinstance(resource, MarkedMap) and (home / _BUILD / folder).is_dir():
                replaced.setdefault(_source(template, resource, location), resource.origin_of("Properties"))
                _put(resource, location, str(_BUILD / folder))
    template.warnings.extend(_older(template, replaced, made.stat().st_mtime))


def _put(resource: MarkedMap, location: str, folder: str) -> None:
    properties = resource.get("Properties")
    if isinstance(properties, MarkedMap):
        properties.put(location, folder, properties.lines.get(location, properties.line))


def _source(template: Template, resource: MarkedMap, location: str) -> str:
    """Return the folder of the source as it is written; "" for one that is elsewhere."""
    shared = part(template.root, "Globals", "Function").get(location)
    source = part(resource, "Properties").get(location) or shared
    return source if isinstance(source, str) and "://" not in source else ""


def _older(template: Template, replaced: Mapping[str, Origin], built: float) -> Iterator[str]:
    """Yield a warning for each source that was changed after it was built."""
    for source, origin in replaced.items():
        files = _files(Path(template.file).parent / source) if source else iter(())
        newer = next((file for file in islice(files, _MOST_FILES) if file.stat().st_mtime > built), None)
        if newer is not None:
            yield f"{origin}: `{newer}` is newer than its build, which runs: run `sam build`"


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a source, but no template and nothing that was installed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_SOURCE and not name.startswith(".")]
        yield from (
            path for name in files if not name.startswith("template.") and (path := Path(parent, name)).is_file()
        )
