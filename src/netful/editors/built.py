"""Sources that a tool built of the file in an editor: the CDK's `cdk.out`, or Terraform's plan.

Code and configuration say nothing by themselves. Answers about them are those of the last `cdk synth` or `terraform plan`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netful.sources import cdk
from netful.sources.terraform.detection import is_plan

CODE = (".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs")
"""Languages whose stack traces the CDK writes."""

CONFIGURATION = ".tf"


@dataclass(frozen=True, slots=True)
class Built:
    """The output of a tool: its path, its file that changes with each build, and the command that builds it again."""

    path: Path
    changes: Path
    command: str

    @property
    def stamp(self) -> int:
        """Time of the last build."""
        return self.changes.stat().st_mtime_ns if self.changes.exists() else 0

    def is_older_than(self, file: Path) -> bool:
        """Return whether a file was saved after the last build."""
        return file.exists() and file.stat().st_mtime_ns > self.stamp


def built_of(file: Path) -> Built | None:
    """Return the output for a file: by the nearest `cdk.json`, or the latest plan in its folder or the nearest one above it."""
    if file.suffix == CONFIGURATION:
        return next(filter(None, map(_plan, _folders(file))), None)
    if file.suffix in CODE:
        return next(filter(None, map(_assembly, _folders(file))), None)
    return None


def _folders(file: Path) -> Iterator[Path]:
    """Yield the folders of a file as far as its repository's."""
    for folder in file.parents:
        yield folder
        if (folder / ".git").exists():
            return


def _plan(folder: Path) -> Built | None:
    plans = [file for file in folder.glob("*.json") if is_plan(file)]
    latest = max(plans, key=lambda file: file.stat().st_mtime_ns, default=None)
    return Built(latest, latest, f"terraform show -json PLAN > {latest.name}") if latest else None


def _assembly(folder: Path) -> Built | None:
    out = folder / "cdk.out"
    found = (folder / "cdk.json").is_file() and cdk.is_assembly(out)
    return Built(out, out / "manifest.json", "cdk synth") if found else None
