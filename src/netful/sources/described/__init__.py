"""Described accounts: output of the AWS CLI's `describe-…` and `list-…` commands, as a cloud.

Ids are AWS's own. The origin of an object is the line of its id in its file.
"""

from pathlib import Path

from netful.model.cloud import Cloud


def is_described(path: Path) -> bool:
    """Return whether a path is a folder of described accounts."""
    if not path.is_dir():
        return False
    from netful.sources.described import files  # noqa: PLC0415  # templates need none of it

    return files.is_described(path)


def read(folder: Path) -> Cloud:
    """Return the cloud that a folder describes; raises SourceError."""
    from netful.sources.described import account  # noqa: PLC0415  # the same

    return account.read(folder)
