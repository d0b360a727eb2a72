"""Described accounts: output of the AWS CLI's `describe-…` and `list-…` commands, as a cloud.

Ids are AWS's own. The origin of an object is the line of its id in its file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netful.sources.described.account import Account


def is_described(path: Path) -> bool:
    """Return whether a path is a folder of described accounts."""
    if not path.is_dir():
        return False
    from netful.sources.described import files  # noqa: PLC0415  # templates need none of it

    return files.is_described(path)


def read(folder: Path) -> Account:
    """Return what a folder describes; raises SourceError."""
    from netful.sources.described import account  # noqa: PLC0415  # the same

    return account.read(folder)
