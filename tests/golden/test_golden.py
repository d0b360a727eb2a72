"""Every `*.txt` here: a template, a question (`$ netful trace FROM TO`), a line of dashes, what netful prints.

To add one, write the first two parts and run `pytest tests/golden --write-golden`; then read what it wrote.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from netful.cli.app import run

HERE = Path(__file__).parent
EXITS = {"✓": 0, "✗": 1, "?": 3}


@dataclass(frozen=True)
class Golden:
    template: str
    command: str
    expected: str

    @classmethod
    def read(cls, file: Path) -> Golden:
        found = re.fullmatch(r"(.*?\n)\$ netful (.*?)\n(?:-+\n(.*))?", file.read_text(encoding="utf-8"), re.DOTALL)
        assert found, f"{file.name} needs a template, a line `$ netful trace FROM TO`, a line of dashes and the output"
        return cls(found[1], found[2], found[3] or "")

    def write(self, file: Path, output: str) -> None:
        file.write_text(f"{self.template}$ netful {self.command}\n{'-' * 120}\n{output}", encoding="utf-8")


@pytest.mark.parametrize("file", sorted(HERE.glob("*.txt")), ids=lambda file: file.stem)
def test_golden(file, tmp_path, monkeypatch, capsys, request):
    golden = Golden.read(file)
    (tmp_path / "template.yaml").write_text(golden.template, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code = run(shlex.split(golden.command))
    output = capsys.readouterr().out
    if request.config.getoption("--write-golden", default=False):
        golden.write(file, output)
    else:
        assert output == golden.expected
    assert code == EXITS[output[0]]
