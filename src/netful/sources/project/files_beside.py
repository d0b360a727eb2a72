"""Places of `netful.toml`: beside the sources, or beside the folder that a tool has built them in."""

from collections.abc import Sequence
from pathlib import Path

from netful.model.cloud import Cloud
from netful.sources.files import read_files
from netful.sources.files.project_folder import NETFUL_TOML, homes_of
from netful.sources.template.template_scope import TemplateScope


def with_project(cloud: Cloud, paths: Sequence[Path], stacks: Sequence[TemplateScope]) -> Cloud:
    """Return the cloud with the declarations of the project files beside the sources."""
    places = [folder / NETFUL_TOML for folder in dict.fromkeys(one for path in paths for one in homes_of(path))]
    for place in places:
        read_files.note(place)
    files = [place for place in places if place.is_file()]
    if not files:
        return cloud
    from netful.sources.project.project_file import with_files  # noqa: PLC0415  # many projects have none

    return with_files(cloud, files, stacks)
