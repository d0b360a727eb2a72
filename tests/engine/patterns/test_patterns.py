"""Patterns: Java's and JavaScript's spellings, linear where a turn waits, backtracking only apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError, of_turn
from netful.engine.patterns.pattern import java_pattern, schema_pattern
from netful.engine.patterns.spelling import PatternError


@pytest.mark.parametrize(
    ("expression", "text", "fits"),
    [
        (r"\p{Alpha}+", "abZ", True),
        (r"[\p{Digit}_]+", "1_2", True),
        (r"\P{Upper}", "A", False),
        (r"\s+", "\x0b ", True),
        (r"[^\s]", "\x0b", False),
        (r"\u00e9", "é", True),
        (r"\Qa.b\E", "a.b", True),
        (r"\Qa.b\E", "axb", False),
        (r"(?<word>a)\z", "a", True),
        (r"\d", "٣", False),  # ASCII alone
        ("(a+)+", "a" * 5000, True),
        ("é", "\ud800", False),
    ],
)
def test_java_expressions_in_a_turn(expression, text, fits):
    assert java_pattern(expression).fits(text, of_turn()) is fits


LACKING = [r"(?=.*\d).+", r"(?!x).+", r"(.)\1", r"(?>a+)1", r"\w++", r"\w{1,2000}"]


@pytest.mark.parametrize("expression", LACKING)
def test_what_re2_lacks_is_matched_apart_alone(expression):
    pattern = java_pattern(expression)
    with pytest.raises(BeyondAllowanceError):
        pattern.finds("aa1", of_turn())
    assert pattern.search("aa1", Allowance()) is not None or expression == r"(?>a+)1"


@pytest.mark.parametrize("expression", ["(", "[a-z&&[^b]]", "[a[b]]", r"[\P{Alpha}]", r"\C", "*", "a{2,1}"])
def test_what_is_no_expression(expression):
    with pytest.raises(PatternError):
        java_pattern(expression)


def test_a_bracket_in_a_class_of_a_schema_is_a_character():
    assert schema_pattern("^[[a]$").finds("[", of_turn())


def test_a_match_pays_for_its_program_and_its_text():
    with pytest.raises(BeyondAllowanceError):
        java_pattern("(?:(?:a{0,30}){0,30})c").finds("a" * 64_000, of_turn())


@settings(max_examples=300, deadline=None)
@given(st.text("ab\\[]^(){}*+?|.$pPQEsuwdZz1,&<=!:-", max_size=12), st.text("ab1 \n", max_size=8))
def test_any_text_is_a_pattern_or_none(expression, text):
    for compiled in (java_pattern, schema_pattern):
        try:
            pattern = compiled(expression)
        except PatternError:
            continue
        pattern.finds(text, Allowance())
