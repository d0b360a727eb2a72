"""Patterns: Java's and JavaScript's spellings, linear where a turn waits, backtracking only apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError, of_turn
from netful.engine.patterns.pattern import java_pattern, schema_pattern
from netful.engine.patterns.spelling import PatternError
from tests.helpers.examples import examples


@pytest.mark.parametrize(
    ("expression", "text", "fits"),
    [
        (r"\p{Alpha}+", "abZ", True),
        (r"[\p{Digit}_]+", "1_2", True),
        (r"\P{Upper}", "A", False),
        (r"\s+", "\x0b ", True),
        (r"[\]a]\s[^]]", "] a", True),
        (r"[\]\s]+", "] ", True),
        (r"[]]\s", "] ", True),
        (r"[^\s]", "\x0b", False),
        (r"\u00e9", "é", True),
        (r"\Qa.b\E", "a.b", True),
        (r"\Qa.b\E", "axb", False),
        (r"(?<word>a)\z", "a", True),
        (r"\d", "٣", False),  # ASCII alone
        ("(a+)+", "a" * 5000, True),
        ("é", "\ud800", False),
        (".", "\ud800", True),
    ],
)
def test_java_expressions_in_a_turn(expression, text, fits):
    assert java_pattern(expression, of_turn()).fits(text, of_turn()) is fits


LACKING = [r"(?=.*\d).+", r"(?!x).+", r"(.)\1", r"(?>a+)1", r"(?=a)\Qa\E1", r"\w++", r"\w{1,2000}"]


@pytest.mark.parametrize("expression", LACKING)
def test_what_re2_lacks_is_matched_apart_alone(expression):
    with pytest.raises(BeyondAllowanceError):
        java_pattern(expression, of_turn())
    assert java_pattern(expression, Allowance()).finds("aa1", Allowance())


@pytest.mark.parametrize("expression", ["(", "[a-z&&[^b]]", "[a-z&&c]", "[a[b]]", r"[\P{Alpha}]", r"\C", "*", "a{2,1}"])
def test_what_is_no_expression(expression):
    with pytest.raises(PatternError):
        java_pattern(expression, Allowance())


def test_a_bracket_in_a_class_of_a_schema_is_a_character():
    for begin in ("^", "^(?=.)"):  # the second one is for a process apart
        found = [schema_pattern(f"{begin}[[a]$", Allowance()).finds(text, Allowance()) for text in ("[", "a", "~", "]")]
        assert [bool(one) for one in found] == [True, True, False, False]
    assert schema_pattern("^[[:alpha:]]$", of_turn()).finds(":]", of_turn())
    assert schema_pattern(r"^[[]\s[[^]\s$", of_turn()).finds("[ ^ ", of_turn())


def test_a_match_pays_for_its_program_and_its_text():
    pattern = java_pattern("(?:(?:a{0,30}){0,30})c", of_turn())
    with pytest.raises(BeyondAllowanceError):
        pattern.finds("a" * 64_000, of_turn())


@examples(300)
@given(st.text("ab\\[]^(){}*+?|.$pPQEsuwdZz1,&<=!:-", max_size=12), st.text("ab1 \n", max_size=8))
def test_any_text_is_a_pattern_or_none(expression, text):
    for compiled in (java_pattern, schema_pattern):
        try:
            pattern = compiled(expression, Allowance())
        except PatternError:
            continue
        pattern.finds(text, Allowance())


def test_a_long_expression_is_compiled_apart():
    with pytest.raises(BeyondAllowanceError):
        java_pattern("a" * 2000, of_turn())
    assert java_pattern("a" * 2000, Allowance()).fits("a" * 2000, Allowance())
