"""The pace of a streamed response (lambda §2.4)."""

from netful.functions.invocations.response_stream import MEGABYTE, StreamPace


def test_the_first_six_megabytes_are_sent_at_once_then_two_a_second():
    pace = StreamPace()
    assert [pace.delay(MEGABYTE, 100.0) for _ in range(6)] == [0.0] * 6
    assert [pace.delay(MEGABYTE, 100.0) for _ in range(4)] == [0.5, 1.0, 1.5, 2.0]


def test_a_function_that_is_slower_does_not_wait():
    pace = StreamPace()
    pace.delay(7 * MEGABYTE, 0.0)
    assert pace.delay(MEGABYTE, 30.0) == 0.0
