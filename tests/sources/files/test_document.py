import pytest

from netful.model.core import Origin, SourceError
from netful.sources.files.document import parse


def test_every_key_and_item_knows_its_line():
    root = parse("A:\n  B: 1\n  C:\n    - x\n    - {y: z}\n", "t.yaml").root
    assert root.origin_of("A") == Origin("t.yaml", 1)
    assert root["A"].origin_of("C") == Origin("t.yaml", 3)
    assert [root["A"]["C"].origin_of(n).line for n in (0, 1)] == [4, 5]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref X", {"Ref": "X"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!GetAZs", {"Fn::GetAZs": ""}),
        ("!Condition C", {"Condition": "C"}),
        ("!Sub ['${x}', {x: !Ref Y}]", {"Fn::Sub": ["${x}", {"x": {"Ref": "Y"}}]}),
    ],
)
def test_short_forms_are_long_forms(written, value):
    assert parse(f"k: {written}", "t").root["k"] == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2010-09-09", "2010-09-09"),
        ("'off'", "off"),
        ("off", False),
        ("true", True),
        ("443", 443),
        ("012345678901", "012345678901"),
        ("22:22", "22:22"),
        ("1.5", 1.5),
        ("-1", -1),
        ("~", None),
        ("", None),
        ("10.0.0.0/16", "10.0.0.0/16"),
    ],
)
def test_scalars_stay_what_was_meant(written, value):
    assert parse(f"k: {written}", "t").root["k"] == value


def test_a_duplicate_key_warns_with_both_lines_and_the_last_wins():
    document = parse("a: 1\nb: 2\na: 3\n", "t.yaml")
    assert document.root == {"a": 3, "b": 2}
    assert document.warnings == ["t.yaml:3: key `a` stands twice, first on line 1; the last one wins"]


def test_json_with_a_character_in_two_halves_has_lines_too():
    root = parse('{\n  "A": "\\ud83d\\udca5",\n  "B": "\\\\ud83d"\n}', "t.json").root
    assert root == {"A": "\N{COLLISION SYMBOL}", "B": "\\ud83d"}
    assert root.origin_of("B") == Origin("t.json", 3)


def test_json_has_lines_too():
    root = parse('{\n  "A": {\n    "B": "\\u00e9"\n  }\n}', "t.json").root
    assert root == {"A": {"B": "é"}}
    assert root["A"].origin_of("B").line == 3


def test_json_that_yaml_refuses_is_read_without_lines():
    assert parse('{"A": "\\ud83d\\ude00"}', "t.json").root == {"A": "😀"}


def test_aliases_and_merge_keys():
    root = parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nsame: *b\n", "t").root
    assert root["use"] == {"x": 1, "y": 3}
    assert root["same"] == {"x": 1, "y": 2}


def test_a_deep_file_is_refused_and_not_a_crash():
    with pytest.raises(SourceError, match="nested more than"):
        parse("[" * 5000, "t")
