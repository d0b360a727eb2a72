"""Short runs of the fuzzers, with the same inputs each time. `make fuzz` runs them by time."""

import pytest

from tests.fuzz import neighbour, parsers

SECONDS = 60


@pytest.mark.parametrize("name", parsers.TARGETS)
def test_parsers_raise_their_declared_errors_alone(name):
    report = parsers.search(parsers.TARGETS[name], "test", SECONDS, most=25)  # one is long; time is for `make fuzz`
    assert report.inputs == 25
    assert report.faults == []


@pytest.mark.programs
def test_each_request_and_the_neighbour_are_answered():
    found = neighbour.search(1, SECONDS, most=25)
    assert (found.requests, found.unanswered) == (25, 0)
    assert found.rest > 0
