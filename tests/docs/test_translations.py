"""Japanese pages are as new as the English ones, or say that they are not.

`pytest tests/docs/test_translations.py --write-docs` copies console blocks and marks pages whose English page has changed. After
the translation of the change, delete the first line of the Japanese page and run it again.
"""

import pytest

from tests.helpers import translations
from tests.helpers.places import ROOT
from tests.helpers.translations import MADE, OLDER, READMES, TRANSLATED

ENGLISH = "# Title\n\nProse.\n\n```console\n$ netful show\nVpc\n```\n"
NEW = "# 題\n\n本文。\n\n```console\n```\n"


@pytest.mark.parametrize("page", sorted(TRANSLATED.keys() - MADE), ids=lambda page: str(page.relative_to(ROOT)))
def test_page_is_current_or_visibly_older(page, request):
    text, original = page.read_text(encoding="utf-8"), TRANSLATED[page].read_text(encoding="utf-8")
    if request.config.getoption("--write-docs", default=False):
        page.write_text(translations.renewed(text, original), encoding="utf-8")
        return
    assert translations.is_current(text, original) or OLDER in text, "see the docstring of this module"


@pytest.mark.parametrize(("page", "english"), READMES.items(), ids=lambda page: page.name)
def test_commands_of_the_readme_are_those_of_the_english_one(page, english, request):
    text, original = page.read_text(encoding="utf-8"), english.read_text(encoding="utf-8")
    if request.config.getoption("--write-docs", default=False):
        page.write_text(translations.with_blocks(text, original), encoding="utf-8")
        return
    assert translations.blocks(text) == translations.blocks(original)


def test_a_new_translation_gets_the_blocks_and_the_digest():
    page = translations.renewed(NEW, ENGLISH)
    assert translations.is_current(page, ENGLISH)
    assert translations.blocks(page) == translations.blocks(ENGLISH)
    assert translations.renewed(page, ENGLISH) == page


@pytest.mark.parametrize(
    ("addition", "translated"),
    [("More prose.\n", "本文の続き。\n"), ("\n```console\n$ netful up\n```\n", "\n```console\n```\n")],
)
def test_a_translation_is_older_until_a_change_is_translated(addition, translated):
    page, changed = translations.renewed(NEW, ENGLISH), ENGLISH + addition
    older = translations.renewed(page, changed)
    assert OLDER in older
    assert not translations.is_current(older, changed)
    without_first_line = older.partition("\n\n")[2] + translated
    current = translations.renewed(without_first_line, changed)
    assert OLDER not in current
    assert translations.is_current(current, changed)


def test_a_change_of_output_alone_is_copied():
    page = translations.renewed(NEW, ENGLISH)
    changed = ENGLISH.replace("Vpc", "OtherVpc")
    assert not translations.is_current(page, changed)
    renewed = translations.renewed(page, changed)
    assert translations.is_current(renewed, changed)
    assert OLDER not in renewed


@pytest.mark.parametrize(
    ("english", "japanese", "before", "after"),
    [
        ("`CreateVpc`, `DeleteVpc`\n", "`Any`, `List`\n", "`DeleteVpc`", "`DeleteVpc`,\n`ModifyVpc`"),
        ("### `load(path: str) -> Network`\n", "### `load()`\n", "path: str", "*paths: str"),
        ("| field | type |\n|---|---|\n| `n` | `int` |\n", "| field | type |\n|---|---|\n", "`n`", "`number`"),
    ],
    ids=["operations", "signature", "fields"],
)
def test_what_is_the_same_in_every_language_is_copied(english, japanese, before, after):
    english = f"{ENGLISH}\n{english}\nProse.\n"
    page = translations.renewed(f"{NEW}\n{japanese}\n本文。\n", english)
    assert translations.blocks(page) == translations.blocks(english)
    changed = english.replace(before, after)
    assert not translations.is_current(page, changed)
    renewed = translations.renewed(page, changed)
    assert after in renewed
    assert translations.is_current(renewed, changed)
