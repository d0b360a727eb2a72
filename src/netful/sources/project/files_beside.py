"""Places of `netful.toml`: beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netful.model.cloud import Cloud
from netful.sources.files.project_folder import NETFUL_TOML
from netful.sources.template.template_scope import TemplateScope


def with_project(cloud: Cloud, paths: Sequence[Path], stacks: Sequence[TemplateScope]) -> Cloud:
    """Return the cloud with the declarations of the project files beside the sources."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    files = [file for folder in folders if (file := folder / NETFUL_TOML).is_file()]
    if not files:
        return cloud
    from netful.sources.project.project_file import with_files  # noqa: PLC0415  # many projects have none

    return with_files(cloud, files, stacks)
