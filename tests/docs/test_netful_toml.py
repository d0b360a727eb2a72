"""docs/reference/netful-toml.md has every table and setting of netful.toml, and no other."""

import re

import pytest

from netful.sources.project.project_shape import SETTINGS, TABLES
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "netful-toml.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `\[(\w+)\..+?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
PARTS = {"hosts": ("rewrites", "health")}


def test_tables_are_those_that_are_read():
    assert set(SECTIONS) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_settings_are_those_that_are_read(name):
    first = "".join(re.findall(r"^\| (`[^|]+)\|", SECTIONS[name], re.MULTILINE))
    known = {*TABLES[name][0].__struct_fields__, *(f for part in PARTS.get(name, ()) for f in SETTINGS[part])}
    inside = {"port", "path"} if name == "hosts" else set()  # of `health`, which one row explains
    assert set(re.findall(r"`(\w+)`", first)) | inside == known
