"""Files of an account: templates, objects and uploaded code. Those that nothing uses any more are deleted.

A file is in a folder that has the digest of its content as name, or has that name itself. A file that a request in progress has
written is not in use yet, so young files stay.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from netful.account.cloudformation.records import StackRecord
from netful.model.cloud import Cloud
from netful.sources.account.deployed_stack import DeployedStack

FUNCTIONS = "functions"
"""The folder of uploaded code."""
FOLDERS = ("templates", "objects", FUNCTIONS)
_OWN = re.compile(r"[0-9a-f]{32}(?:\.zip)?")  # whatever else is there is not of netful
YOUNG_SECONDS = 60.0


def used_files(records: Iterable[StackRecord], stacks: Iterable[DeployedStack], cloud: Cloud) -> Iterator[Path]:
    """Yield the files that stacks, change sets and functions use."""
    for stack in stacks:
        yield from (stack.file, *stack.objects.values())
    for record in records:
        contents = (record.content, *(one.content for one in record.change_sets.values()))
        yield from (one.file for one in contents if one is not None)
    yield from (Path(one.code.local_path) for one in cloud.compute.functions.values() if one.code.local_path)


def delete_unused(folder: Path, used: Iterable[Path], before: float) -> None:
    """Delete the files of an account that are not used, and that were written before a time. Raises OSError."""
    names = {part for file in used for part in file.parts}
    for kind in FOLDERS:
        for entry in (folder / kind).glob("*"):
            if _OWN.fullmatch(entry.name) and entry.name not in names and _written_at(entry) < before:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _written_at(entry: Path) -> float:
    """Return the time of the last write of a file, or of a file in a folder."""
    return max(one.stat().st_mtime for one in (entry, *entry.rglob("*")))
