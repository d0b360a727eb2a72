"""Detection of plan files, without the tables that reading one needs."""

from pathlib import Path

_HEAD = 4096


def is_plan(file: Path) -> bool:
    """Return whether a file is the output of `terraform show -json`, which begins with versions of the format and the tool."""
    if file.suffix != ".json" or not file.is_file():
        return False
    with file.open("rb") as opened:
        head = opened.read(_HEAD).replace(b"\0", b"")  # of UTF-16, as Windows PowerShell writes
    return b'"format_version"' in head and b'"terraform_version"' in head
