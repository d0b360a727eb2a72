"""Described accounts: output of the AWS CLI's `describe-…` and `list-…` commands, as a cloud.

Ids are AWS's own. The origin of an object is the line of its id in its file.
"""

from __future__ import annotations

from pathlib import Path

from netful.model.cloud import Cloud
from netful.sources.described.files import is_described

__all__ = ["is_described", "read"]


def read(folder: Path) -> Cloud:
    """Return the cloud that a folder describes; raises SourceError."""
    from netful.sources.described import account  # noqa: PLC0415  # the readers of a template need none of it

    return account.read(folder)
