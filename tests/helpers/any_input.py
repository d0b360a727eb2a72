"""Inputs that are nearly right, for parsers that must take any."""

import copy

from hypothesis import strategies as st

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
JUNK = SCALARS | st.sampled_from(
    ["²", "\ud800", "\0", "9" * 5000, "(", "https://[", "http://a:x/", "", -1, [], {}, [[]], [{}], {"a": {}}, [None]]
)


def texts_of(*tokens):
    """Texts that are nearly what a grammar has: its tokens in any order, and other texts."""
    return st.lists(st.sampled_from(tokens) | st.text(max_size=4), max_size=12).map("".join) | st.text()


@st.composite
def mutated(draw, seeds, junk=JUNK):
    """One of some values, in which up to five nodes are other ones: junk, or nodes of another place."""
    value = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 5))):
        places = [*_places(value)]
        if not places:
            return draw(junk)
        holder, key = draw(st.sampled_from(places))
        other, other_key = draw(st.sampled_from(places))
        holder[key] = copy.deepcopy(draw(junk | st.just(other[other_key])))
    return value


def _places(value):
    for key in range(len(value)) if isinstance(value, list) else [*value] if isinstance(value, dict) else ():
        yield value, key
        yield from _places(value[key])
