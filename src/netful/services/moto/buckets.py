"""Events of S3 objects: a record for functions, queues and topics, and an event for EventBridge.

moto leaves some members out of the record, and invents some of the event. It has none for versions that are deleted.
"""

import re
import time
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from netful.services.moto.refusals import refuse
from netful.services.moto.replacements import replacing

# EventBridge's detail type and reason, by S3's name of an event. Other events are not sent to EventBridge.
_DETAILS = {
    "ObjectCreated:Put": ("Object Created", "PutObject"),
    "ObjectCreated:Post": ("Object Created", "POST Object"),
    "ObjectCreated:Copy": ("Object Created", "CopyObject"),
    "ObjectCreated:CompleteMultipartUpload": ("Object Created", "CompleteMultipartUpload"),
    "ObjectRemoved:Delete": ("Object Deleted", "DeleteObject"),
    "ObjectRemoved:DeleteMarkerCreated": ("Object Deleted", "DeleteObject"),
    "ObjectTagging:Put": ("Object Tags Added", ""),
    "ObjectTagging:Delete": ("Object Tags Deleted", ""),
    "ObjectAcl:Put": ("Object ACL Updated", ""),
}
_DELETIONS = {
    "ObjectRemoved:Delete": "Permanently Deleted",
    "ObjectRemoved:DeleteMarkerCreated": "Delete Marker Created",
}
_GONE = "ObjectRemoved"
_OWNED = "BucketOwnerEnforced"
_PUBLIC_LISTS = ("public-read", "public-read-write", "authenticated-read")
_OF_GROUPS = re.compile("groups/global/(?:All|Authenticated)Users")


def find_regions(utils: Any) -> None:
    """Find the region of a call also in a host of China."""
    utils.REGION_URL_REGEX = re.compile(utils.REGION_URL_REGEX.pattern.replace(r"\.com", r"\.com(?:\.cn)?"))


def encrypt_by_default(models: Any) -> None:
    """Describe the encryption that every bucket has: SSE-S3, where nothing else is set; moto has none."""
    found = models.S3Backend.get_bucket_encryption
    usual = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
    models.S3Backend.get_bucket_encryption = lambda own, bucket_name: found(own, bucket_name) or usual


def close_by_default(models: Any) -> None:
    """Block public access to each new bucket, and give all of it to its owner, as S3 does since April 2023."""

    @replacing(models.FakeBucket, "__init__")
    def init(make: Any, own: Any, *given: Any, **named: Any) -> None:
        make(own, *given, **named)
        own.public_access_block = models.PublicAccessBlock(True, True, True, True)  # noqa: FBT003  # moto's own signature
        own.ownership_rule = _OWNED


def refuse_public_lists(responses: Any) -> None:
    """Refuse access lists for all callers where the owner of a bucket has all of it, or the bucket blocks such lists."""
    from moto.s3.exceptions import S3ClientError  # noqa: PLC0415  # moto is imported by its process alone

    def list_of(answer: Any, headers: Any) -> None:
        grants = [value for name, value in headers.items() if name.lower().startswith("x-amz-grant-")]
        if headers.get("x-amz-acl") not in _PUBLIC_LISTS and not any(_OF_GROUPS.search(one) for one in grants):
            return
        bucket = answer.backend.buckets.get(answer.bucket_name)
        owned = headers.get("x-amz-object-ownership") or (bucket.ownership_rule if bucket else _OWNED)
        if owned == _OWNED:
            code = "AccessControlListNotSupported" if bucket else "InvalidBucketAclWithObjectOwnership"
            raise S3ClientError(code, "The bucket does not allow ACLs")
        if bucket and bucket.public_access_block and bucket.public_access_block.block_public_acls:
            raise S3ClientError("AccessDenied", "Public access lists are prevented by S3 Block Public Access.")

    def new_bucket(answer: Any, request: Any, _name: str, query: dict[str, Any]) -> None:
        if not query:
            list_of(answer, request.headers)

    refuse(responses.S3Response, "_acl_from_headers", list_of)
    refuse(responses.S3Response, "_bucket_response_put", new_bucket)


def notify_of_changes(models: Any) -> None:
    """Send an event for each delete marker, and for each version that is deleted."""
    events, notifications = models.notifications.S3NotificationEvent, models.notifications

    def removed(own: Any, bucket: Any, event: Any, name: str, version_id: str) -> None:
        gone = SimpleNamespace(name=name, version_id=version_id, size=0, etag="")
        notifications.send_event(own.account_id, event, bucket, gone)

    @replacing(models.S3Backend)
    def _set_delete_marker(make: Any, own: Any, bucket_name: str, key_name: str) -> Any:
        marker = make(own, bucket_name, key_name)
        event = events.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
        removed(own, own.get_bucket(bucket_name), event, key_name, marker.version_id)
        return marker

    @replacing(models.S3Backend)
    def delete_object(delete: Any, own: Any, bucket_name: str, key_name: str, *given: Any, **named: Any) -> Any:
        bucket = own.get_bucket(bucket_name)
        before = [one.version_id for one in bucket.keys.getlist(key_name, [])]
        answer = delete(own, bucket_name, key_name, *given, **named)
        left = [one.version_id for one in bucket.keys.getlist(key_name, [])]
        for version_id in {*before} - {*left} if left else ():  # moto sends the event of the last one
            removed(own, bucket, events.OBJECT_REMOVED_DELETE_EVENT, key_name, version_id)
        return answer


def complete(record: dict[str, Any], bucket: Any, key: Any) -> None:
    """Add the members of S3's record that moto leaves out."""
    if bucket.is_versioned:
        record["s3"]["object"]["versionId"] = key.version_id
    owner = {"principalId": "EXAMPLE"}
    record["userIdentity"] = owner
    record["requestParameters"] = {"sourceIPAddress": "127.0.0.1"}
    record["responseElements"] = {"x-amz-request-id": _request_id(), "x-amz-id-2": "EXAMPLE"}
    record["s3"]["bucket"] = {"name": bucket.name, "ownerIdentity": owner, "arn": bucket.arn}
    record["s3"]["object"]["sequencer"] = _sequencer()
    record["s3"]["object"]["key"] = record["s3"]["object"]["key"].replace("%2F", "/")  # S3 does not encode the slash
    if record["eventName"].startswith(_GONE):
        for name in ("size", "eTag"):
            record["s3"]["object"].pop(name, None)


def bridge_event(account: str, bucket: Any, name: str, key: Any) -> dict[str, Any] | None:
    """Return the event for the account's default bus, None if S3 sends no such event to EventBridge."""
    name = name.removeprefix("s3:")
    if name not in _DETAILS:
        return None
    kind, reason = _DETAILS[name]
    about: dict[str, Any] = {"key": key.name, "sequencer": _sequencer()}
    if not name.startswith(_GONE):
        about |= {"size": key.size, "etag": key.etag.strip('"')}
    if bucket.is_versioned:
        about["version-id"] = key.version_id
    detail = {
        "version": "0", "bucket": {"name": bucket.name}, "object": about, "request-id": _request_id(),
        "requester": account, "source-ip-address": "127.0.0.1",
    }  # fmt: skip
    detail |= {"reason": reason} if reason else {}
    detail |= {"deletion-type": _DELETIONS[name]} if name in _DELETIONS else {}
    return {
        "version": "0", "id": str(uuid.uuid4()), "detail-type": kind, "source": "aws.s3", "account": account,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "region": bucket.region_name, "resources": [bucket.arn],
        "detail": detail,
    }  # fmt: skip


def _request_id() -> str:
    return f"{time.time_ns():016X}"


def _sequencer() -> str:
    return f"{time.time_ns():018X}"
