"""Described accounts: what the AWS CLI's `describe-…` and `list-…` commands print, as a cloud.

Ids are AWS's own. Every thing's origin is the line of its id in its file.
"""

from __future__ import annotations

from pathlib import Path

from netful.model.cloud import Cloud
from netful.sources.described.files import is_described

__all__ = ["is_described", "read"]


def read(folder: Path) -> Cloud:
    """The cloud that a folder describes; raises SourceError."""
    from netful.sources.described import account  # noqa: PLC0415  # the readers of a template need none of it

    return account.read(folder)
