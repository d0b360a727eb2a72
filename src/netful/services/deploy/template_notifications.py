"""Notifications of the template's buckets to functions, queues, topics and EventBridge, by event and by key.

S3 replaces a bucket's configuration as a whole, so a changed one is sent again completely. S3 rejects a configuration with
a function that it may not invoke. Here only that function is left out, with a warning.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from netful.engine.authorization.service_permissions import permits
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.names import service_names
from netful.services.deploy.bucket_settings import xml
from netful.services.deploy.left_out import LeftOut, message
from netful.services.deploy.resource_kind import is_true
from netful.services.http.backend_requests import CallHost, rest_request
from netful.services.http.message import Request

_BUCKET = "AWS::S3::Bucket"
_FUNCTION = "Function"
# By the template's list: the property that names the target, and the elements of the entry and of its target in S3's XML.
_KINDS = {
    "LambdaConfigurations": (_FUNCTION, "CloudFunctionConfiguration", "CloudFunction"),
    "QueueConfigurations": ("Queue", "QueueConfiguration", "Queue"),
    "TopicConfigurations": ("Topic", "TopicConfiguration", "Topic"),
}
_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


class PlacedNotification(msgspec.Struct, frozen=True):
    """A bucket's deployed configuration: the bucket's name, and a digest of the content."""

    bucket: str
    content: str


def notifications_of(cloud: Cloud) -> tuple[PlacedNotification, ...]:
    """Return the configurations of the template's buckets."""
    return tuple(_placed(cloud, bucket) for bucket in _buckets(cloud))


async def put_notifications(
    cloud: Cloud, call_host: CallHost, have: Collection[PlacedNotification]
) -> dict[str, LeftOut]:
    """Put the configurations that are not in `have`; return a warning for each bucket with an incomplete one."""
    warnings = {}
    for bucket in _buckets(cloud):
        if _placed(cloud, bucket) in have:
            continue
        refused = [target for target, allowed in _functions(cloud, bucket) if not allowed]
        if refused:
            what = f"the notifications of `{bucket.id}` to {', '.join(map(_function_name, refused))} are"
            why = "no `AWS::Lambda::Permission` allows S3 to invoke it"
            warnings[_name(bucket)] = LeftOut(bucket.id, what, why, bucket.origin)
        response = await call_host(_host(cloud), _put(_name(bucket), _xml(cloud, bucket)))
        if response.status >= 300:
            what = f"the notifications of `{bucket.id}` are"
            warnings[_name(bucket)] = LeftOut(bucket.id, what, message(response), bucket.origin)
    return warnings


async def delete_notifications(gone: Iterable[PlacedNotification], cloud: Cloud, call_host: CallHost) -> None:
    """Remove all notifications of buckets; ignore a bucket that no longer exists."""
    for one in gone:
        await call_host(_host(cloud), _put(one.bucket, ""))


def _placed(cloud: Cloud, bucket: Resource) -> PlacedNotification:
    return PlacedNotification(_name(bucket), hashlib.sha256(_xml(cloud, bucket).encode()).hexdigest())


def _buckets(cloud: Cloud) -> Iterator[Resource]:
    for resource in cloud.template.resources.values():
        if resource.type == _BUCKET and isinstance(resource.properties.get("NotificationConfiguration"), Mapping):
            yield resource


def _put(bucket: str, content: str) -> Request:
    body = f'<NotificationConfiguration xmlns="{_XMLNS}">{content}</NotificationConfiguration>'
    return rest_request("PUT", f"/{bucket}?notification", body.encode())


def _xml(cloud: Cloud, bucket: Resource) -> str:
    """Return a bucket's notifications as XML of S3's API."""
    allowed = {target for target, may in _functions(cloud, bucket) if may}
    written = bucket.properties["NotificationConfiguration"]
    configurations = [
        xml(kind, {target_tag: target, "Event": one["Event"], "Filter": _filter(one.get("Filter"))})
        for name, (member, kind, target_tag) in _KINDS.items()
        for one, target in _entries(written, name, member)
        if member != _FUNCTION or target in allowed
    ]
    bridge = written.get("EventBridgeConfiguration")
    on = isinstance(bridge, Mapping) and is_true(bridge.get("EventBridgeEnabled", True))
    return "".join(configurations) + (xml("EventBridgeConfiguration", {}) if on else "")


def _functions(cloud: Cloud, bucket: Resource) -> list[tuple[str, bool]]:
    """Return the functions that a bucket invokes, and whether it may. An unknown permission counts as granted."""
    written = bucket.properties["NotificationConfiguration"]
    targets = dict.fromkeys(target for _, target in _entries(written, "LambdaConfigurations", _FUNCTION))
    own = f"arn:aws:s3:::{_name(bucket)}"
    return [(target, permits(cloud, "s3.amazonaws.com", own, target) is not False) for target in targets]


def _entries(written: Mapping[str, Any], name: str, member: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Return the entries of a list whose event and target are known, with the target."""
    for one in written.get(name) or ():
        if isinstance(one, Mapping) and isinstance(one.get("Event"), str) and isinstance(one.get(member), str):
            yield one, one[member]


def _filter(written: Any) -> dict[str, Any] | None:
    """Return the content of the filter element for prefixes and suffixes of keys."""
    rules = written.get("S3Key", {}).get("Rules", ()) if isinstance(written, Mapping) else ()
    named = [
        {"Name": str(rule["Name"]).lower(), "Value": str(rule["Value"])}
        for rule in rules
        if isinstance(rule, Mapping) and rule.get("Value")
    ]
    return {"S3Key": {"FilterRule": named}} if named else None


def _function_name(arn: str) -> str:
    return f"`{arn.rpartition(':function:')[2]}`"


def _name(bucket: Resource) -> str:
    name = bucket.properties.get("BucketName")
    return name if isinstance(name, str) else bucket.id


def _host(cloud: Cloud) -> str:
    return service_names.service("s3").host(cloud.region)
