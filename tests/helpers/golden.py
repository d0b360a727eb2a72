"""The golden explanations: a template, a question, a line of dashes, and what netful prints."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.helpers.places import ROOT

FOLDER = ROOT / "tests" / "golden"


@dataclass(frozen=True)
class Golden:
    name: str
    template: str
    command: str
    expected: str

    @classmethod
    def read(cls, file: Path) -> Golden:
        found = re.fullmatch(r"(.*?\n)\$ netful (.*?)\n(?:-+\n(.*))?", file.read_text(encoding="utf-8"), re.DOTALL)
        assert found, f"{file.name} needs a template, a line `$ netful trace FROM TO`, a line of dashes and the output"
        return cls(file.stem, found[1], found[2], found[3] or "")

    def write(self, file: Path, output: str) -> None:
        file.write_text(f"{self.template}$ netful {self.command}\n{'-' * 120}\n{output}", encoding="utf-8")

    @property
    def question(self) -> tuple[str, str]:
        """FROM and TO."""
        source, destination = [word for word in shlex.split(self.command)[1:] if word != "-v"]
        return source, destination


@cache
def goldens() -> tuple[Golden, ...]:
    """Return all of them, in the order of their names."""
    return tuple(Golden.read(file) for file in sorted(FOLDER.glob("*.txt")))
