"""The container images that `netful.toml` declares: an archive, an OCI layout, or a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from netful.model.core.origin import Origin
from netful.model.functions.images import Build, Image
from netful.sources.files import project_folder
from netful.sources.files.complaint import fail
from netful.sources.project import project_shape
from netful.sources.project.project_shape import ImageTable, Lines


def images(file: Path, tables: Mapping[str, ImageTable], lines: Lines) -> Iterator[tuple[str, Image]]:
    """Yield the images of the project file by their names; raises SourceError for an invalid setting."""
    for name, table in tables.items():
        origin = project_shape.origin_of(file, lines, "images", name)
        if sum(place is not None for place in (table.archive, table.layout, table.build)) != 1:
            hint = 'write `archive = "FILE"` of `docker save`, `layout = "FOLDER"`, or `build = "FOLDER"` with a Dockerfile'
            fail(f"`{name}` needs one place of its image", origin, hint=hint)
        path = _place(file, table.archive or table.layout or table.build or "", origin)
        if path.is_dir() != (table.archive is None):
            kind = "a folder" if table.archive is None else "a file"
            fail(f"`{table.archive or table.layout or table.build}` is not {kind}", origin)
        if table.build is None:
            yield name, Image(name, str(path), table.tag, origin=origin)
            continue
        _place(file, f"{table.build}/{table.dockerfile}", origin)
        build = Build(str(path), table.dockerfile, table.target, table.arguments)
        yield name, Image(name, build=build, origin=origin)


def _place(file: Path, written: str, origin: Origin) -> Path:
    path = project_folder.within(file, file.parent / written, origin)
    if not path.exists():
        fail(f"`{written}` does not exist", origin)
    return path
