"""docs/reference/api-gateway-api.md names every operation of API Gateway's API that is served, and no other."""

import re

import pytest

from netful.gateway.control.service import OPERATIONS
from tests.helpers.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "api-gateway-api.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(("title", "newer"), [("REST APIs", False), ("HTTP and WebSocket APIs", True)])
def test_operations_are_those_that_are_served(title, newer):
    named = set(
        re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", "".join(re.findall(r"^\| ([^|]+)\|", SECTIONS[title], re.MULTILINE)))
    )
    served = {
        "".join(word.title() for word in one.does.__name__.split("_"))
        for one in OPERATIONS
        if one.path.startswith("/v2/") is newer
    }
    assert named == served
