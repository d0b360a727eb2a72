"""Every `*.txt` here: a template, a question (`$ netful trace FROM TO`), a line of dashes, what netful prints.

To add one, write the first two parts and run `pytest tests/golden --write-golden`; then read what it wrote.
"""

import shlex

import pytest

from netful.cli.app import run
from tests.helpers.golden import FOLDER, Golden

EXITS = {"✓": 0, "✗": 1, "?": 3}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
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
