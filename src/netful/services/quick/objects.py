"""S3's GetObject and PutObject, without conditions, ranges and settings of the object."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.quick.place import backend
from netful.services.quick.reply import request_id

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9-]+)\.)?s3\.(?!cn-|us-gov-)[a-z0-9-]+\.amazonaws\.com")
_PARTITION = "aws"
_QUERIES = frozenset({"", "x-id=GetObject", "x-id=PutObject"})

# Headers that affect S3's action or answer, and those among them that make no difference here.
_MEANT = re.compile(r"x-amz-.*|if-.*|range|origin|access-control-.*")
_INDIFFERENT = frozenset({
    "x-amz-checksum-mode", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent",
})  # fmt: skip
_KEPT = re.compile(r"x-amz-meta-[a-z0-9_.-]+|x-amz-sdk-checksum-algorithm|x-amz-checksum-(crc32c?|sha1|sha256)")
_STREAMED = "STREAMING-"


def get_object(call: FrameCall, headers: Mapping[str, str]) -> FrameReply | None:
    """Return an object's newest version."""
    bucket, key = _place(call, headers)
    if bucket is None or not all(map(_makes_no_difference, headers)):
        return None
    found = bucket.keys.get(key)
    if found is None or not hasattr(found, "contentsize") or found.storage_class != "STANDARD" or found.multipart:
        return None
    answered = found.response_dict
    if found.version_id != "null":
        answered["x-amz-version-id"] = found.version_id
    if headers.get("x-amz-checksum-mode") == "ENABLED" and found.checksum_algorithm:
        answered[f"x-amz-checksum-{found.checksum_algorithm.lower()}"] = found.checksum_value
    answered |= {**found.metadata, "Accept-Ranges": "bytes"}
    response = tuple((name, str(value)) for name, value in answered.items())
    return FrameReply(call.id, 200, (*response, request_id()), found.value)


def put_object(call: FrameCall, headers: Mapping[str, str]) -> FrameReply | None:
    """Put a new object, or a new version of one."""
    bucket, key = _place(call, headers)
    if bucket is None or bucket.object_lock_enabled or not all(map(_may_be_put, headers)):
        return None
    algorithm = headers.get("x-amz-sdk-checksum-algorithm", "")
    checksum = headers.get(f"x-amz-checksum-{algorithm.lower()}")
    if bool(algorithm) != bool(checksum) or (not algorithm and any("checksum" in name for name in headers)):
        return None
    from moto.s3.utils import metadata_from_headers  # noqa: PLC0415  # services are imported when they are first called

    objects = backend("s3", _PARTITION)
    new = objects.put_object(bucket.name, key, call.body, storage="STANDARD", checksum_value=checksum)
    new.set_metadata(metadata_from_headers(dict(headers)))
    new.set_acl(bucket.acl)
    new.checksum_algorithm = algorithm or None
    objects.put_object_tagging(new, {})
    response = tuple((name, str(value)) for name, value in new.response_dict.items() if name != "content-length")
    sums = ((f"x-amz-checksum-{algorithm.lower()}", checksum),) if checksum else ()
    return FrameReply(call.id, 200, (*sums, *response, request_id()))


def _place(call: FrameCall, headers: Mapping[str, str]) -> tuple[Any, str]:
    """Return the bucket and the key of a call; None for the bucket if the call is not a plain one."""
    host = _HOST.fullmatch(call.host)
    path, _, query = call.target.partition("?")
    signed = "authorization" in headers and not headers.get("x-amz-content-sha256", "").startswith(_STREAMED)
    if host is None or query not in _QUERIES or not signed:
        return None, ""
    name, key = host["bucket"], unquote(path)[1:]
    if name is None:
        name, _, key = key.partition("/")
    bucket = backend("s3", _PARTITION).buckets.get(name)
    plain = bucket is not None and key and not key.startswith("/") and bucket.policy is None and not bucket.logging
    return (bucket, key) if plain else (None, "")


def _makes_no_difference(header: str) -> bool:
    return header in _INDIFFERENT or _MEANT.fullmatch(header) is None


def _may_be_put(header: str) -> bool:
    return _makes_no_difference(header) or _KEPT.fullmatch(header) is not None
