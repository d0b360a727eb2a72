"""Bucket policies in the back end: kept and described, and applied where the answer does not depend on the caller.

moto judges statements without their conditions and denies where a condition would not hold. The front judges whole policies
for callers with an identity (`services.front.guard`).
"""

import json
from collections.abc import Mapping
from typing import Any

from netful.model.core import mappings
from netful.model.json_texts import json_object
from netful.services.moto.refusals import refuse
from netful.services.moto.replacements import replacing

_BLOCKED = "Public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
_ANYONE = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def apply_to_anyone_only(models: Any) -> None:
    """Let moto judge the statements without conditions for all callers."""

    @replacing(models.FakeBucket)
    def get_permission(judge: Any, self: Any, action: str, resource: str) -> Any:
        whole = self.policy
        self.policy = _for_anyone(whole)
        try:
            return judge(self, action, resource)
        finally:
            self.policy = whole


def refuse_public_ones(models: Any) -> None:
    """Refuse what is no policy, and one that lets all callers in without a condition, where the bucket blocks such policies."""
    from moto.s3.exceptions import S3ClientError  # noqa: PLC0415  # moto is imported by its process alone

    def public(own: Any, bucket_name: str, policy: bytes) -> None:
        block = own.get_bucket(bucket_name).public_access_block
        if not _statements(policy):
            raise S3ClientError("MalformedPolicy", "Policies must be valid JSON with statements.")
        kept = json.loads(_for_anyone(policy) or "{}").get("Statement", ())
        if block and block.block_public_policy and any(one.get("Effect") == "Allow" for one in kept):
            raise S3ClientError("AccessDenied", _BLOCKED)

    refuse(models.S3Backend, "put_bucket_policy", public)


def _for_anyone(policy: bytes | None) -> bytes | None:
    """Return a policy with the statements that hold for all callers; None if it has none."""
    kept = [one for one in _statements(policy) if one.get("Principal") in _ANYONE and not one.get("Condition")]
    return json.dumps({"Version": "2012-10-17", "Statement": kept}).encode() if kept else None


def _statements(policy: bytes | None) -> list[Mapping[str, Any]]:
    written = json_object(policy or b"").get("Statement")
    return mappings(written if isinstance(written, list) else [written])
