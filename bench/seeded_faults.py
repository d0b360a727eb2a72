"""The faults seeded in `bench/seeded`: which there are, and the same template with one of them mended.

Rules:
1. `faulty  # NF102 → mended` is a line as it is and as it should be. With nothing behind the arrow it should not be there.
2. `# NF202 + line` is a line that is missing; its indentation goes on behind the plus.
3. A fault may have several lines, in the template and in the functions' code.
4. A fault in the step from one version to the next (NF305) has the line of the version before behind its arrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SEEDED = Path(__file__).parent / "seeded"
TEMPLATE = "template.yaml"
_FAULTY = re.compile(r"(?P<indent> *)(?P<faulty>[^\s#].*?)  # (?P<id>NF\d{3}) →(?: (?P<mended>.*))?")
_MISSING = re.compile(r"(?P<indent> *)# (?P<id>NF\d{3}) \+(?: (?P<line>.*))?")


def faults() -> list[str]:
    """The ids of all faults."""
    lines = [line for _, text in _files() for line in text.splitlines()]
    return sorted({found["id"] for line in lines if (found := _FAULTY.fullmatch(line) or _MISSING.fullmatch(line))})


def write(folder: Path, mended: str = "") -> Path:
    """Write the template and its code into a folder, with one fault mended; gives the template's path."""
    for name, text in _files():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(_lines(text, mended)) + "\n", encoding="utf-8")
    return folder / TEMPLATE


def _files() -> Iterator[tuple[Path, str]]:
    for file in sorted(SEEDED.rglob("*")):
        if file.suffix in (".yaml", ".py"):
            yield file.relative_to(SEEDED), file.read_text(encoding="utf-8")


def _lines(text: str, mended: str) -> Iterator[str]:
    """A file's lines without what marks the faults, so that no tool sees where they are."""
    for line in text.splitlines():
        if found := _FAULTY.fullmatch(line):
            now = (found["mended"] or "") if found["id"] == mended else found["faulty"]
            if now:
                yield found["indent"] + now
        elif found := _MISSING.fullmatch(line):
            if found["id"] == mended:
                yield found["indent"] + (found["line"] or "")
        else:
            yield line
