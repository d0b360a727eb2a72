"""Signature Version 2 of S3 in a query: what boto3 still presigns with in S3's older regions, us-east-1 among them. Pure."""

import base64
import hmac
import re
from urllib.parse import parse_qsl, unquote

from netful.services.http.message import Request

PARAMETERS = ("AWSAccessKeyId", "Expires", "Signature")

_BUCKET_HOST = re.compile(r"(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?")
_SIGNED = frozenset({
    "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location", "logging",
    "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
    "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
    "response-content-type", "response-expires", "restore", "select", "select-type", "storageClass", "tagging", "torrent",
    "uploadId", "uploads", "versionId", "versioning", "versions", "website",
})  # fmt: skip


def is_presigned(query: str) -> bool:
    """Return whether a query has all parameters of such a signature."""
    return all(f"{name}=" in query for name in PARAMETERS)


def digest(request: Request, secret_access_key: str) -> str:
    """Return the signature that a request's query should have. Its own `x-amz-` parameters count as headers."""
    query = dict(parse_qsl(request.query))
    amazon = {name.lower(): value.strip() for name, value in (*query.items(), *request.headers)}
    text = "\n".join((
        request.method,
        request.header("content-md5"),
        request.header("content-type"),
        query.get("Expires", ""),
        *(f"{name}:{amazon[name]}" for name in sorted(amazon) if name.startswith("x-amz-")),
        _resource(request),
    ))  # fmt: skip
    return base64.b64encode(hmac.digest(secret_access_key.encode(), text.encode(), "sha1")).decode()


def _resource(request: Request) -> str:
    """Return the path with its bucket, and the parameters that name a part or a form of the resource."""
    bucket = _BUCKET_HOST.fullmatch(request.host)
    pairs = (part.partition("=") for part in request.query.split("&"))
    named = sorted(f"{name}{is_}{unquote(value)}" for name, is_, value in pairs if name in _SIGNED)
    return (f"/{bucket[1]}" if bucket else "") + request.path + ("?" + "&".join(named) if named else "")
