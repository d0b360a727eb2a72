"""Token buckets: no more than burst + rate times time, and all of a request's buckets or none."""

import time

from hypothesis import given
from hypothesis import strategies as st

from netful.gateway.admission.buckets import Buckets, Rated, take


def opened(*rated, buckets=None, now=0.0):
    """The buckets of a ladder."""
    buckets = Buckets() if buckets is None else buckets
    return tuple(buckets.bucket(Rated(*one), now) for one in rated)


def admitted(ladder, now, tries):
    return sum(take(ladder, now) is None for _ in range(tries))


def test_burst_then_rate():
    ladder = opened(("b", 10, 5))
    assert admitted(ladder, 0, 20) == 5
    assert admitted(ladder, 0.3, 20) == 3
    assert admitted(ladder, 100, 20) == 5


def test_zero_shuts():
    assert admitted(opened(("b", 0, 5)), 0, 5) == 0
    assert admitted(opened(("b", 5, 0)), 9, 5) == 0


def test_refused_request_costs_nothing():
    wide, narrow = ladder = opened(("wide", 1, 10), ("narrow", 1, 1))
    assert take(ladder, 0) is None
    assert take(ladder, 0) is narrow
    assert admitted((wide,), 0, 20) == 9


def test_numbers_that_change_keep_what_was_used():
    buckets = Buckets()
    assert admitted(opened(("b", 1, 4), buckets=buckets), 0, 9) == 4
    assert admitted(opened(("b", 1, 40), buckets=buckets), 0, 9) == 0
    faster = opened(("b", 100, 40), buckets=buckets)
    assert admitted(faster, 0.0, 90) == 0
    assert admitted(faster, 0.1, 90) == 10


@given(
    rate=st.floats(0.5, 1000),
    burst=st.integers(1, 50),
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 80)), max_size=30),
)
def test_never_more_than_burst_and_rate_allow(rate, burst, steps):
    ladder, now, count = opened(("b", rate, burst)), 0.0, 0
    for pause, tries in steps:
        now += pause
        count += admitted(ladder, now, tries)
        assert count <= burst + rate * now + 1e-6


def test_never_more_on_the_real_clock():
    began = time.monotonic()
    ladder = opened(("wide", 3000, 40), ("narrow", 2000, 20), now=began)
    count = 0
    while (now := time.monotonic()) < began + 0.1:
        count += take(ladder, now) is None
    assert 20 < count <= 20 + 2000 * (now - began)
