"""Whole numbers in texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.model.core.numbers import whole_number


@pytest.mark.parametrize(("value", "number"), [("12", 12), (7, 7), ("007", 7), ("0", 0)])
def test_numbers(value, number):
    assert whole_number(value) == number


@pytest.mark.parametrize("value", ["²", "٢", "-1", " 1", "1.0", "", "9" * 5_000, None, True, 1.0])
def test_other_values(value):
    assert whole_number(value) is None
    assert whole_number(value, 5) == 5


@given(st.text())
def test_any_text_is_a_number_or_not(text):
    assert whole_number(text, 0) >= 0
