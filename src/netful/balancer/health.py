"""Health of targets as HAProxy reports it, in AWS's terms (api-gateway §7.3)."""

import csv
from collections.abc import Iterator
from io import StringIO

from netful.balancer.haproxy.backends import FUNCTION, LINKED, OPEN, target_named
from netful.model.core import Frozen

COMMAND = "show stat -1 4 -1"
"""Command that reports the state of every server."""

_REASONS = {
    "L7STS": ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [{code}]"),
    "L4TOUT": ("Target.Timeout", "Request timed out"),
    "L6TOUT": ("Target.Timeout", "Request timed out"),
    "L7TOUT": ("Target.Timeout", "Request timed out"),
}
_FAILED = ("Target.FailedHealthChecks", "Health checks failed")
_INITIAL = ("Elb.InitialHealthChecking", "Initial health checks in progress")
_DISABLED = ("Target.HealthCheckDisabled", "Health checks are not enabled for this target")


class TargetHealth(Frozen):
    """Health of a target of a group as one node found it; `rising`: its last checks succeeded."""

    group: str
    target: str
    state: str
    reason: str = ""
    description: str = ""
    rising: bool = False


def read(statistics: str) -> Iterator[TargetHealth]:
    """Return the health of every target, from HAProxy's statistics."""
    for row in csv.DictReader(StringIO(statistics.removeprefix("# "))):
        group, server = row["pxname"], row["svname"]
        if not group.endswith((OPEN, LINKED)) and (server != FUNCTION or row["status"] != "no check"):
            yield _health(group, target_named(server), row)


def setting(target: TargetHealth, change: str) -> str:
    """Return the command that changes a target of HAProxy."""
    address, _, port = target.target.rpartition(":")
    return f"set server {target.group}/{address.replace(':', '-')}_{port} {change}"


def _health(group: str, target: str, row: dict[str, str]) -> TargetHealth:
    status, check = row["status"], row["check_status"].removeprefix("* ")
    if status == "no check":
        return TargetHealth(group, target, "unavailable", *_DISABLED)
    if status.startswith("DOWN"):
        reason, description = _REASONS.get(check, _FAILED)
        rising = not status.startswith(("DOWN (", "DOWN 0")) and status != "DOWN"
        return TargetHealth(group, target, "unhealthy", reason, description.format(code=row["check_code"]), rising)
    if check in {"INI", ""}:
        return TargetHealth(group, target, "initial", *_INITIAL)
    return TargetHealth(group, target, "healthy")
