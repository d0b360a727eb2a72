"""The files of every recipe exist, and each recipe is a table of them."""

import re

import pytest

from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "contributing" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
FILE = re.compile(r"`((?:src|tests|docs)/[^`]+)`")


@pytest.mark.parametrize("recipe", RECIPES)
def test_files_of_a_recipe_exist(recipe):
    rows = re.findall(r"^\| `([^`]+)` \|", RECIPES[recipe], re.MULTILINE)
    assert rows
    assert [file for file in (*rows, *FILE.findall(RECIPES[recipe])) if not (ROOT / file).exists()] == []


def test_tables_and_constants_of_the_recipes_exist():
    for recipe in RECIPES.values():
        for file, text in re.findall(r"^\| `([^`]+)` \| (.+) \|$", recipe, re.MULTILINE):
            for name in re.findall(r"`(_?[A-Z]+(?:_[A-Z]+)*)`", text):
                assert re.search(rf"^{name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, name)
