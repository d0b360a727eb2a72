"""Token buckets: no more than burst + rate times time, and all of a request's buckets or none."""

from hypothesis import given
from hypothesis import strategies as st

from netful.gateway.buckets import Buckets


def admitted(buckets, wanted, now, tries):
    return sum(buckets.take(wanted, now) is None for _ in range(tries))


def test_burst_then_rate():
    buckets = Buckets()
    assert admitted(buckets, [("b", 10, 5)], 0, 20) == 5
    assert admitted(buckets, [("b", 10, 5)], 0.3, 20) == 3
    assert admitted(buckets, [("b", 10, 5)], 100, 20) == 5


def test_zero_shuts():
    assert admitted(Buckets(), [("b", 0, 5)], 0, 5) == 0
    assert admitted(Buckets(), [("b", 5, 0)], 9, 5) == 0


def test_refused_request_costs_nothing():
    buckets = Buckets()
    assert buckets.take([("wide", 1, 10), ("narrow", 1, 1)], 0) is None
    assert buckets.take([("wide", 1, 10), ("narrow", 1, 1)], 0) == "narrow"
    assert admitted(buckets, [("wide", 1, 10)], 0, 20) == 9


def test_numbers_that_change_keep_what_was_used():
    buckets = Buckets()
    assert admitted(buckets, [("b", 1, 4)], 0, 9) == 4
    assert admitted(buckets, [("b", 1, 40)], 0, 9) == 0
    assert admitted(buckets, [("b", 100, 40)], 0.0, 90) == 0
    assert admitted(buckets, [("b", 100, 40)], 0.1, 90) == 10


@given(
    rate=st.floats(0.5, 1000),
    burst=st.integers(1, 50),
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 80)), max_size=30),
)
def test_never_more_than_burst_and_rate_allow(rate, burst, steps):
    buckets, now, count = Buckets(), 0.0, 0
    for pause, tries in steps:
        now += pause
        count += admitted(buckets, [("b", rate, burst)], now, tries)
        assert count <= burst + rate * now + 1e-6
