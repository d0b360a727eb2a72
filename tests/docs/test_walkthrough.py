"""Every command of the documentation, run in order; its output is what the page shows.

`pytest tests/docs --write-docs` writes what has changed into the pages; then read what it wrote.
"""

import pytest

from tests.helpers import walkthrough
from tests.helpers.places import ROOT
from tests.helpers.translations import READMES, TRANSLATED
from tests.helpers.walkthrough import PAGES, Terminal

# A translation has the commands of its English page: tests/docs/test_translations.py.
WITH_COMMANDS = [
    page
    for page in PAGES
    if page not in TRANSLATED | READMES and walkthrough.steps(page.read_text(encoding="utf-8").splitlines())
]


@pytest.mark.packets
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page, tmp_path, request):
    lines = page.read_text(encoding="utf-8").splitlines()
    steps = walkthrough.steps(lines)
    terminal = Terminal(tmp_path / "state", with_shell=page == ROOT / "README.md")
    try:
        printed = [terminal.run(step.command) for step in steps]
    finally:
        left = terminal.end()
    assert left == [], "the page leaves a stack running"
    assert not [output for output in printed if any(line.startswith("Traceback") for line in output)]
    differing = [
        (step, output)
        for step, output in zip(steps, printed, strict=True)
        if not walkthrough.same(lines[step.first : step.end], output)
    ]
    if request.config.getoption("--write-docs", default=False):
        for step, output in reversed(differing):
            lines[step.first : step.end] = walkthrough.renewed(lines[step.first : step.end], output)
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    for step, output in differing:
        assert output == lines[step.first : step.end], step.command


def test_the_main_pages_have_commands():
    names = {str(page.relative_to(ROOT)) for page in WITH_COMMANDS}
    assert {
        "README.md",
        "docs/guides/ssm-demo.md",
        "docs/guides/first-stack.md",
        "docs/guides/read-a-trace.md",
    } <= names


@pytest.mark.parametrize(
    ("recorded", "printed", "expected"),
    [
        (["up in 1.28 s (root)"], ["up in 0.90 s (rootless)"], True),
        (["none        5.1 ms  10.0.1.4:443"], ["none       15.1 ms  10.0.1.4:443"], True),
        (["Task timed out after 3.00 seconds"], ["Task timed out after 4.00 seconds"], False),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "b", "c"], False),
        (['  "init_ms": null,'], ['  "init_ms": 16.3,'], False),
        (["reachable"], [], False),
    ],
)
def test_what_counts_as_the_same(recorded, printed, expected):
    assert walkthrough.same(recorded, printed) is expected


def test_an_output_that_was_cut_stays_cut():
    recorded, printed = ["up in 1 s", "…", "last"], ["up in 2 s", "more", "still more", "new last"]
    assert walkthrough.renewed(recorded, printed) == ["up in 2 s", "…", "new last"]
    assert walkthrough.renewed(["one", "…"], ["1", "2"]) == ["1", "…"]
    assert walkthrough.renewed(["one"], ["1", "2"]) == ["1", "2"]
