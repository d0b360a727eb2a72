"""The container images that `netful.toml` declares: an archive, an OCI layout, or a Dockerfile."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from netful.model.functions.images import Build, Image
from netful.sources.files import project_folder
from netful.sources.files.complaint import fail
from netful.sources.project import project_shape
from netful.sources.project.project_shape import ImageTable, Lines


def images(file: Path, tables: Mapping[str, ImageTable], lines: Lines) -> Iterator[tuple[str, Image]]:
    """Yield the images of the project file by their names; raises SourceError for an invalid setting.

    An archive or a layout may be missing: it is needed where the image runs, and not for paths.
    """
    for name, table in tables.items():
        origin = project_shape.origin_of(file, lines, "images", name)
        if sum(place is not None for place in (table.archive, table.layout, table.build)) != 1:
            hint = 'write `archive = "FILE"` of `docker save`, `layout = "FOLDER"`, or `build = "FOLDER"` with a Dockerfile'
            fail(f"`{name}` needs one place of its image", origin, hint=hint)
        path = project_folder.within(file, file.parent / (table.archive or table.layout or table.build or ""), origin)
        if path.exists() and path.is_dir() != (table.archive is None):
            kind = "a folder" if table.archive is None else "a file"
            fail(f"`{table.archive or table.layout or table.build}` is not {kind}", origin)
        if table.build is None:
            yield name, Image(name, str(path), table.tag, origin=origin)
            continue
        dockerfile = project_folder.within(file, path / table.dockerfile, origin)
        if not dockerfile.is_file():
            fail(f"`{table.build}/{table.dockerfile}` does not exist", origin)
        build = Build(str(path), table.dockerfile, table.target, table.arguments)
        yield name, Image(name, build=build, origin=origin)
