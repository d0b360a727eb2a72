"""JSON in texts that anybody may have written."""

import pytest

from netful.model.json_texts import json_object, json_or

NO_JSON = ["", "{", "text", "[" * 100_000, "9" * 10_000, b"\xff", r'["\ud800"]', r'{"\udfff": 1}']


@pytest.mark.parametrize("text", NO_JSON, ids=range(len(NO_JSON)))
def test_any_other_text_has_a_default(text):
    assert json_or(text, "default") == "default"
    assert json_object(text) == {}


@pytest.mark.parametrize(
    ("text", "value"), [("null", None), ("[1]", [1]), (b'{"a": 1}', {"a": 1}), (r'"\ud83d\ude00"', "\U0001f600")]
)
def test_a_json_text_is_its_value(text, value):
    assert json_or(text, "default") == value
    assert json_object(text) == (value if isinstance(value, dict) else {})
