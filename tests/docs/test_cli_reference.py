"""docs/reference/cli.md tells of every verb and option, and shows each verb's `--help` as the program prints it.

The Japanese page shows it as the program prints it in Japanese.
"""

import io
import re

import pytest
from rich.console import Console

from netful.cli.app import make_app
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "cli.md"
PAGES = {"en": PAGE, "ja": ROOT / "docs" / "ja" / "reference" / "cli.md"}
VERBS = [name for name in make_app() if not name.startswith("-")]
_HELP = re.compile(r"(<!-- netful (?P<verb>[a-z]*) ?--help -->\n\n```text\n)(?P<text>.*?)(```\n)", re.DOTALL)
_SHARED = "Options that verbs share"


def help_of(verb):
    """What `netful VERB --help` prints, 100 columns wide."""
    out = io.StringIO()
    console = Console(file=out, width=100, color_system=None, force_terminal=False, legacy_windows=False)
    words = [verb] if verb else []
    make_app(words).help_print(words, console=console)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


_WITHOUT_TEXT = re.compile(r"^│ (?:--?\w\S*|[A-Z]+)(?: (?:-\w|[A-Z.]+))* +│$", re.MULTILINE)


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_has_a_text(verb):
    assert not _WITHOUT_TEXT.findall(help_of(verb))


def sections():
    """The page's own words by heading, without what is generated."""
    _, *parts = re.split(r"^## `?(.*?)`?$", _HELP.sub("", PAGE.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.slow
def test_help_is_as_printed(request, monkeypatch, language):
    monkeypatch.setenv("NETFUL_LANG", language)
    page = PAGES[language].read_text(encoding="utf-8")
    fresh = _HELP.sub(lambda found: found[1] + help_of(found["verb"]) + found[4], page)
    if request.config.getoption("--write-docs", default=False):
        PAGES[language].write_text(fresh, encoding="utf-8")
    else:
        assert fresh == page, "run `make docs`"
    assert {found["verb"] for found in _HELP.finditer(page)} == {"", *VERBS}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_documented(verb):
    told = sections()
    assert f"netful {verb}" in told
    text = told[f"netful {verb}"] + told[_SHARED]
    names = {name for argument in make_app([verb])[verb].assemble_argument_collection() for name in argument.names}
    positional = {"ARGUMENTS", "DATABASE", "--function", "--source", "--destination"}
    missing = [name for name in sorted(names - positional - {"*"}) if f"`{name}" not in text]
    assert missing == []


def test_only_verbs_that_exist_are_documented():
    headings = {name.removeprefix("netful ") for name in sections() if name.startswith("netful ")}
    assert headings == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_exit_codes_of_every_verb_are_documented(verb):
    assert f"`{verb}`" in PAGE.with_name("exit-codes.md").read_text(encoding="utf-8")
