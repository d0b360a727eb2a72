"""Constant rates, in the whole milliseconds that h2load counts."""

import pytest

from netful.stack.load_generator import arrivals


@pytest.mark.parametrize("rate", [0.2, 0.5, 1, 3, 7, 33, 40, 120, 333, 500, 777, 1000, 2500, 9999])
def test_the_rate_is_that_of_the_plan(rate):
    together, period = arrivals(rate)
    assert together * 1000 / period == pytest.approx(rate, rel=0.002)


@pytest.mark.parametrize(("rate", "expected"), [(0.5, (1, 2000)), (20, (1, 50)), (120, (3, 25)), (1000, (1, 1))])
def test_as_few_requests_as_possible_come_together(rate, expected):
    assert arrivals(rate) == expected
