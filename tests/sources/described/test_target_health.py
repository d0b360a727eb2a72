"""Health of described targets: one that drains or is not used gets no connections, even if no target is healthy."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import account


def target(instance, state, reason=""):
    return {"Target": {"Id": instance, "Port": 8080}, "TargetHealth": {"State": state, "Reason": reason}}


def health(*targets):
    return {"TargetHealthDescriptions": [target(*one) for one in targets]}


@pytest.mark.parametrize(
    ("targets", "verdict"),
    [
        ([("i-1", "healthy")], "reachable"),
        ([("i-1", "unhealthy")], "reachable"),
        ([("i-1", "initial")], "reachable"),
        ([("i-1", "draining", "Target.DeregistrationInProgress")], "blocked"),
        ([("i-1", "unhealthy.draining")], "blocked"),
        ([("i-1", "unused", "Target.InvalidState")], "blocked"),
        ([("i-1", "unused", "Target.NotInUse")], "reachable"),
        ([("i-1", "draining"), ("i-2", "unhealthy")], "reachable"),
    ],
)
def test_targets_that_get_no_connections(tmp_path, targets, verdict):
    cloud = account(tmp_path, **{"health-web": health(*targets)})
    path = trace(cloud, parse(cloud, "i-2", "front:tcp/80"))
    assert path.verdict == verdict
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ["ELBV2_LISTENER_HAS_NO_TG"] * (
        verdict == "blocked"
    )


def test_a_request_without_a_target_is_answered_with_503(tmp_path):
    cloud = account(tmp_path, **{"health-web": health(("i-1", "unused", "Target.InvalidState"))})
    assert trace(cloud, parse(cloud, "i-2", "http://front.example/")).symptom.status == 503
