"""Bucket policies in the back end: kept and described, and applied where the answer does not depend on the caller.

moto judges statements without their conditions and denies where a condition would not hold. The front judges whole policies
for callers with an identity (`services.front.guard`).
"""

import json
from typing import Any

_ANYONE = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def apply_to_anyone_only(models: Any) -> None:
    """Let moto judge the statements without conditions for all callers."""
    bucket = models.FakeBucket
    judge = bucket.get_permission

    def get_permission(self: Any, action: str, resource: str) -> Any:
        whole = self.policy
        self.policy = _for_anyone(whole)
        try:
            return judge(self, action, resource)
        finally:
            self.policy = whole

    bucket.get_permission = get_permission


def _for_anyone(policy: bytes | None) -> bytes | None:
    """Return a policy with the statements that hold for all callers; None if it has none."""
    statements = json.loads(policy).get("Statement", []) if policy else []
    listed = statements if isinstance(statements, list) else [statements]
    kept = [one for one in listed if one.get("Principal") in _ANYONE and not one.get("Condition")]
    return json.dumps({"Version": "2012-10-17", "Statement": kept}).encode() if kept else None
