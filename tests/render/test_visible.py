from netful.model.core import StackError
from netful.render.errors import error_text
from netful.render.json import dumps
from netful.render.visible import visible, visible_output


def test_what_acts_is_written_as_an_escape():
    assert visible("a\nb\x1b[31m\u202ec\x9b") == "a\\nb\\x1b[31m\\u202ec\\x9b"
    assert visible("##[error]a ::error::b ##vso[a]") == "#\\x23[error]a :\\x3aerror::b #\\x23vso[a]"


def test_the_rest_stays():
    for text in ("AWS::IAM::Group", "::1/128", "::/0", "# heading", "é 日本\u3000語", "a: b"):
        assert visible(text) == text


def test_a_document_keeps_its_shape():
    assert visible({"a\n": ["b\r", 1, None, ("c\x00",)]}) == {"a\\n": ["b\\r", 1, None, ("c\\x00",)]}


def test_the_output_of_a_program_keeps_lines_and_colours():
    assert visible_output("a\tb\r\n\x1b[1;31mred\x1b[0m\x1b[2J\n") == "a\tb\n\x1b[1;31mred\x1b[0m\\x1b[2J\n"


def test_only_the_reason_of_an_error_has_lines():
    error = StackError("no `a\nb`", why="first\nsecond\x07", hint="c\nd")
    assert error_text(error) == "no `a\\nb`\n  first\nsecond\\x07\nhint: c\\nd"


def test_json_has_escapes_of_its_own():
    assert dumps({"a": "\u202e\U000e0041 ##[x]"}) == '{\n  "a": "\\u202e\\udb40\\udc41 #\\u0023[x]"\n}'
