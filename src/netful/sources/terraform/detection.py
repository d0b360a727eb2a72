"""Detection of plan files, and of Terraform's other files, without the tables that reading one needs."""

from pathlib import Path

_HEAD = 4096
_SAVED = b"PK"
"""Beginning of the file that `terraform plan -out` writes, which is a zip."""

HOW = "`terraform show -json PLAN > plan.json` writes a plan, and `-t plan.json` names it"


def is_plan(file: Path) -> bool:
    """Return whether a file is the output of `terraform show -json`, which begins with versions of the format and the tool.

    A file that cannot be read is not one: the reader of templates reports it.
    """
    if file.suffix != ".json" or not file.is_file():
        return False
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD).replace(b"\0", b"")  # of UTF-16, as Windows PowerShell writes
    except OSError:
        return False
    return b'"format_version"' in head and b'"terraform_version"' in head


def is_source(file: Path) -> bool:
    """Return whether a file is what a plan is made of: a configuration, or the file of `terraform plan -out`."""
    if not file.is_file():
        return False
    if file.suffix == ".tf" or file.name.endswith(".tf.json"):
        return True
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SAVED)) == _SAVED
    except OSError:
        return False
