"""IAM actions of a request to S3, by its model: the operation follows from the method, the query and the headers.

| request | asks for |
|---|---|
| with `versionId` | the action on that version |
| a copy | also the action that reads its source |
| DeleteObjects | an action on each of the objects |

A bucket and a key may have any form, so the model gets others in their place.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import unescape

from netful.engine.iam.s3_action_names import of_version
from netful.engine.iam.service_actions import RequestedAction, action_of
from netful.model.names.arns import aws_arn
from netful.service_models.service_model import service_model
from netful.services.http.message import Request

_OTHER_HOSTS = ("s3-control", "s3-accesspoint", "s3-object-lambda")
_DELETED = re.compile(r"<Object>(.*?)</Object>", re.DOTALL)
_KEY, _VERSION = re.compile(r"<Key>(.*?)</Key>", re.DOTALL), re.compile(r"<VersionId>(.+?)</VersionId>")


def asked(host: str, request: Request, region: str) -> tuple[RequestedAction, ...]:
    """Return the actions and resources of a request; none for a host with operations of its own."""
    if any(other in host for other in _OTHER_HOSTS):
        return ()
    bucket, key = place(host, request)
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    path = "/b/k" if key else "/b" if bucket else "/"
    found = service_model("s3").operation(request.method, path, query, request.first)
    operation = found[0].name if found else ""
    action = action_of("s3", operation)
    start = aws_arn("s3", region, "", "")
    arn = f"{start}{bucket}" if bucket else ""
    if operation == "DeleteObjects":
        return tuple(_deleted(action, arn, request.body.decode(errors="replace")))
    own = RequestedAction(of_version(action) if "versionId" in query else action, f"{arn}/{key}" if key else arn)
    source = (
        _source(start, request.header("x-amz-copy-source")) if operation in {"CopyObject", "UploadPartCopy"} else None
    )
    return (own, source) if source else (own,)


def place(host: str, request: Request) -> tuple[str, str]:
    """Return the bucket and the key of a request; "" for one that it does not name."""
    bucket = host.partition(".s3")[0] if not host.startswith("s3") else ""
    path = unquote(request.path).removeprefix("/")
    if not bucket:
        bucket, _, path = path.partition("/")
    return bucket, path


def _deleted(action: str, arn: str, body: str) -> Iterator[RequestedAction]:
    for one in _DELETED.findall(body):
        key, version = _KEY.search(one), _VERSION.search(one)
        if key:
            yield RequestedAction(of_version(action) if version else action, f"{arn}/{unescape(key[1])}")


def _source(start: str, written: str) -> RequestedAction | None:
    """Return the action that reads the source of a copy, `/bucket/key?versionId=…`, whose ARN begins with `start`; None for an access point."""
    path, _, version = written.partition("?versionId=")
    name = unquote(path).removeprefix("/")
    action = of_version("s3:GetObject") if version else "s3:GetObject"
    return None if name.startswith("arn:") else RequestedAction(action, f"{start}{name}")
