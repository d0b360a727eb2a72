"""The pictures that netful draws itself: each stands below the command that draws it, and is what that command draws now.

`pytest tests/docs --write-docs` draws them anew; then look at them.
"""

import re
import shlex

import pytest

from netful.cli.app import run
from tests.helpers.places import ROOT
from tests.helpers.walkthrough import PAGES

_PICTURE = re.compile(r"<!-- netful (trace [^\n]* --format svg) -->\n!\[[^\]]+\]\(([^)]+)\)")
PICTURES = [
    pytest.param(found[1], (page.parent / found[2]).resolve(), id=found[2])
    for page in PAGES
    for found in _PICTURE.finditer(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("command", "file"), PICTURES)
def test_picture_is_what_netful_draws(command, file, monkeypatch, capsys, request):
    monkeypatch.chdir(ROOT)
    run([*shlex.split(command), "--quiet"])
    drawn = capsys.readouterr().out
    if request.config.getoption("--write-docs", default=False):
        file.write_text(drawn, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawn


def test_every_picture_is_on_a_page():
    assert {param.values[1] for param in PICTURES} == {*(ROOT / "docs" / "images" / "ways").glob("*.svg")}
