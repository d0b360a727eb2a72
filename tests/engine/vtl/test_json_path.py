import json

import pytest
from hypothesis import given

from netful.engine.effort.allowance import Allowance
from netful.engine.vtl.json_path import MISSING, json_path
from netful.engine.vtl.syntax.errors import RenderError
from tests.helpers.any_input import texts_of
from tests.helpers.examples import examples

STORE = {
    "a": {"b-c": 1, "d e": 2, "n": None},
    "it's": 4,
    "list": [{"id": 1, "tag": "x"}, {"id": 2, "tag": "y"}, {"id": 3}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", STORE),
        ("$.a.b-c", 1),
        ("a.b-c", 1),
        ("$['a']['d e']", 2),
        ('$["a"].n', None),
        (r"$['it\'s']", 4),
        ("$.list[0].id", 1),
        ("$.list[-1].id", 3),
        ("$.list[9]", MISSING),
        ("$.list.id", MISSING),
        ("$.a.nothing.more", MISSING),
        ("$.list[*].id", [1, 2, 3]),
        ("$.list[0,2].id", [1, 3]),
        ("$.list[1:].id", [2, 3]),
        ("$.list[:-1].id", [1, 2]),
        ("$.a['b-c','d e']", [1, 2]),
        ("$.a.*", [1, 2, None]),
        ("$..id", [1, 2, 3]),
        ("$..[0].id", [1]),
        ("$.list[?(@.tag == 'y')].id", [2]),
        ("$.list[?(@.id >= 2)].id", [2, 3]),
        ("$.list[?(@.tag)].id", [1, 2]),
        ("$.list[?(@.tag > 1)].id", []),
        ("$..nothing", []),
    ],
)
def test_paths(path, value):
    assert json_path(path).of(STORE, Allowance()) == value


LONG = "9" * 5000
NO_PATHS = [
    "$.a[", "$.a..", "$['a'", "$.a[?(", "$.list[?(@.a == x)]", "$ [", "$.list[²]",
    f"$.list[{LONG}]", f"$.list[:{LONG}]", f"$.list[?(@.id > {LONG})]", f"$.list[?(@.id > {'[' * 100_000})]",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_PATHS, ids=lambda path: path[:20])
def test_what_is_no_path(path):
    with pytest.raises(RenderError):
        json_path(path)


PATHS = texts_of(
    "$", "$.", "..", "*", "a", "list", "[0]", "[-1]", "[0,1]", "[1:", ":]", "[-:]", "[" + "9" * 5000 + "]", "[:" + "9" * 5000 + "]", "['a','d e']",
    "[?(@.id == 2)]", "[?(@", ".id", ">", "'x'", ")]", "[?(@.id > " + "[" * 5000 + ")]", "²", "[²]", "[٣]", "(", "\\",
)  # fmt: skip


@examples(500)
@given(PATHS)
def test_any_path_reads_or_is_not_a_path(path):
    try:
        found = json_path(path).of(STORE, Allowance())
    except RenderError:
        return
    assert found is MISSING or json.dumps(found)
