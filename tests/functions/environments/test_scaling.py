"""Lambda's admission: shares of the account's concurrency, rates, and how fast environments come (lambda §4.1-§4.3)."""

import pytest

from netful.functions.environments.scaling import Scaling
from netful.functions.invocations.invocation import InvokeRefused


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def reason(call) -> str:
    with pytest.raises(InvokeRefused) as refused:
        call()
    assert (refused.value.status, refused.value.code) == (429, "TooManyRequestsException")
    return refused.value.reason


def admitted(scaling, number, function="Fn", version="$LATEST"):
    return [scaling.begin(function, version) for _ in range(number)]


def test_a_reserved_part_is_a_limit_and_a_guarantee(clock):
    scaling = Scaling(1000, clock)
    scaling.reserve("Fn", 2)
    shares = admitted(scaling, 2)
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == "ReservedFunctionConcurrentInvocationLimitExceeded"
    admitted(scaling, 998, "Other")
    assert reason(lambda: scaling.begin("Other", "$LATEST")) == "ConcurrentInvocationLimitExceeded"
    shares[0].end()
    admitted(scaling, 1)


def test_nothing_reserved_is_nothing_admitted(clock):
    scaling = Scaling(1000, clock)
    scaling.reserve("Fn", 0)
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == "ReservedFunctionConcurrentInvocationLimitExceeded"


@pytest.mark.parametrize(
    ("reserved", "rate", "expected"),
    [
        (1, 10, "ReservedFunctionInvocationRateLimitExceeded"),
        (3, 30, "ReservedFunctionInvocationRateLimitExceeded"),
        (None, 200, "FunctionInvocationRateLimitExceeded"),
    ],
)
def test_ten_a_second_for_each_unit_of_concurrency(clock, reserved, rate, expected):
    scaling = Scaling(20, clock)
    scaling.reserve("Fn", reserved)
    for _ in range(rate):
        scaling.begin("Fn", "$LATEST").end()
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == expected
    clock.now += 0.5
    for _ in range(rate // 2):
        scaling.begin("Fn", "$LATEST").end()
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == expected


def test_a_thousand_environments_at_once_and_a_hundred_a_second(clock):
    scaling = Scaling(10_000, clock)
    for _ in range(1000):
        scaling.scale_up("Fn")
    assert reason(lambda: scaling.scale_up("Fn")) == "ConcurrentInvocationLimitExceeded"
    scaling.scale_up("Other")  # each function has its own
    clock.now += 5
    for _ in range(500):
        scaling.scale_up("Fn")
    assert reason(lambda: scaling.scale_up("Fn")) == "ConcurrentInvocationLimitExceeded"
    clock.now += 3600  # what is not used does not add up
    for _ in range(1000):
        scaling.scale_up("Fn")
    assert reason(lambda: scaling.scale_up("Fn")) == "ConcurrentInvocationLimitExceeded"


def test_provisioned_concurrency_counts_inside_the_reserved_part(clock):
    scaling = Scaling(1000, clock)
    scaling.reserve("Fn", 2)
    scaling.provision("Fn", "1", 2)
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == "ReservedFunctionConcurrentInvocationLimitExceeded"
    admitted(scaling, 2, version="1")
    assert reason(lambda: scaling.begin("Fn", "1")) == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_provisioned_concurrency_spills_over(clock):
    scaling = Scaling(110, clock)
    scaling.provision("Fn", "1", 10)
    admitted(scaling, 110, version="1")
    assert reason(lambda: scaling.begin("Fn", "1")) == "ConcurrentInvocationLimitExceeded"


def test_a_change_of_the_reserved_part_keeps_what_runs(clock):
    scaling = Scaling(1000, clock)
    scaling.reserve("Fn", 5)
    shares = admitted(scaling, 5)
    scaling.reserve("Fn", 1)
    assert reason(lambda: scaling.begin("Fn", "$LATEST")) == "ReservedFunctionConcurrentInvocationLimitExceeded"
    for share in shares:
        share.end()
    admitted(scaling, 1)
    assert scaling.unreserved == 999
