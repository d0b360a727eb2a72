"""Explanation codes and kinds of hops are documented from the enums that the engine uses: all of them, and no others."""

import re

import pytest

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.render.catalogue import catalogue
from tests.helpers.places import ROOT

CODES = ROOT / "docs" / "reference" / "explanation-codes.md"
JAPANESE = ROOT / "docs" / "ja" / "reference" / "explanation-codes.md"
KINDS = ROOT / "docs" / "guides" / "read-a-trace.md"
_ROW = re.compile(r"^\| `([A-Z0-9]+(?:_[A-Z0-9]+)+)` \| (.*?) \|.*$", re.MULTILINE)
_KINDS = re.compile(r"(\| kind \| asks \|\n\|---\|---\|\n)(?:\|.*\n)+")
_WORDS = {"component": "COMPONENT", "asks": "REQUEST", "service": "PROTOCOL/PORT", "destination": "DESTINATION"}


def row(code):
    return f"| `{code}` | {code.meaning} | {code.hint.format(**_WORDS)} |"


def codes_page(page):
    return _ROW.sub(lambda found: row(Code[found[1]]), page)


def japanese_codes_page(page):
    """The page with its own meanings, and the hints of the catalogue."""
    spoken = catalogue("ja").spoken

    def japanese_row(found):
        return f"| `{found[1]}` | {found[2]} | {spoken(Code[found[1]].hint.format(**_WORDS))} |"

    return _ROW.sub(japanese_row, page)


def kinds_page(page):
    return _KINDS.sub(lambda found: found[1] + "".join(f"| `{kind}` | {kind.asks} |\n" for kind in HopKind), page)


@pytest.mark.parametrize(
    ("file", "made"),
    [(CODES, codes_page), (JAPANESE, japanese_codes_page), (KINDS, kinds_page)],
    ids=["codes", "codes-ja", "kinds"],
)
def test_the_pages_are_made_from_the_enums(file, made, request):
    page = file.read_text(encoding="utf-8")
    fresh = made(page)
    if request.config.getoption("--write-docs", default=False):
        file.write_text(fresh, encoding="utf-8")
    else:
        assert fresh == page, "run `make docs`"


@pytest.mark.parametrize("file", [CODES, JAPANESE], ids=["en", "ja"])
def test_every_code_has_a_row_of_its_own(file):
    assert sorted(row[1] for row in _ROW.finditer(file.read_text(encoding="utf-8"))) == sorted(Code)


def test_every_code_and_every_kind_is_in_use():
    files = (ROOT / "src" / "netful" / "engine").rglob("*.py")
    named = {
        name for file in files for name in re.findall(r"\b(?:Code|HopKind)\.\w+", file.read_text(encoding="utf-8"))
    }
    assert {f"{type(each).__name__}.{each.name}" for each in (*Code, *HopKind)} - named == set()


def test_every_code_says_what_it_means_and_what_to_change():
    assert [code for code in Code if not (code.meaning and code.hint)] == []
