"""Event patterns that cost: wildcards that a backtracking matcher never ends, long lists, deep nests, anything at all."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from netful.engine.events.event_patterns import PatternError, parse

LETTERS = st.text("ab*", max_size=8)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "$or", "prefix", "wildcard", "cidr", "numeric", "exists", "anything-but"]), inner
        )
    ),
    max_leaves=12,
)


class Counted(str):
    """A text that counts how often it is searched."""

    __slots__ = ()
    searches = 0

    def find(self, *where):
        Counted.searches += 1
        return super().find(*where)


def test_a_wildcard_searches_once_for_each_piece():
    """A backtracking matcher needs more than the age of the universe for this one."""
    matches = parse(json.dumps({"a": [{"wildcard": "*a" * 200 + "*b"}]}))
    Counted.searches = 0
    assert not matches({"a": Counted("a" * 100_000)})
    assert Counted.searches <= 200
    assert matches({"a": "a" * 100_000 + "b"})


@given(LETTERS, st.text("ab", max_size=8))
def test_wildcards_match_what_a_regular_expression_does(pattern, text):
    expected = re.fullmatch("".join(".*" if c == "*" else c for c in pattern), text) is not None
    assert parse(json.dumps({"a": [{"wildcard": pattern}]}))({"a": text}) is expected


def test_an_escaped_star_is_one():
    matches = parse(json.dumps({"a": [{"wildcard": r"a\*b*"}]}))
    assert (matches({"a": "a*bc"}), matches({"a": "axbc"})) == (True, False)


def test_values_of_a_list_are_looked_up():
    matches = parse(json.dumps({"a": [*range(5_000)]}))
    assert not matches({"a": [-1] * 100_000})
    assert matches({"a": [-1] * 100_000 + [7]})
    assert not matches({"a": [7.0, "7", True, [7], {"7": 7}]})


def test_nests_are_refused():
    for text in (
        "[" * 100_000,
        '{"a":' * 5_000,
        '{"a":' * 300 + "[1]" + "}" * 300,
        '{"a": [' + "[" * 900 + "]" * 900 + "]}",
    ):
        try:
            parse(text)
        except PatternError:
            continue
        raise AssertionError(text[:20])


@given(ANY, ANY)
def test_anything_is_a_pattern_or_an_error(pattern, event):
    try:
        matches = parse(json.dumps(pattern))
    except PatternError:
        return
    assert matches(event) in {True, False}
