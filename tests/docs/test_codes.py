"""docs/reference/explanation-codes.md lists the codes that the engine can give: all of them, and no others."""

import ast
import re

from netful.engine.trace.hints import HINTS
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "explanation-codes.md"
_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def codes_of_the_engine():
    """Every text in the engine's public constants that has the form of a code."""
    files = (ROOT / "src" / "netful" / "engine").rglob("*.py")
    statements = [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]
    constants = [node for node in statements if isinstance(node, ast.Assign | ast.AnnAssign)]
    public = [node for node in constants if not ast.unparse(node).startswith("_")]
    texts = {node.value for constant in public for node in ast.walk(constant) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)}


def test_every_code_is_documented():
    documented = re.findall(r"^\| `([A-Z0-9_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == codes_of_the_engine()


def test_codes_with_a_hint_are_codes_of_the_engine():
    assert set(HINTS) <= codes_of_the_engine()
    assert len(HINTS) > 20
