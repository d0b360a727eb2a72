"""Settings of a template's buckets: tags, versioning, CORS, encryption, lifecycle, notifications and more.

Each is a subresource of S3's API, with elements that mostly have the names of the template.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from netful.model.core import is_set, is_true, known_parts, mapping
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import Wanted
from netful.services.http.backend_requests import rest_request

_Elements: TypeAlias = Mapping[str, Any]


def bucket_parts(one: Wanted) -> Iterator[Part]:
    """Yield a part for each setting of a bucket."""
    for member, (query, tag, elements) in _SETTINGS.items():
        written = one.properties.get(member)
        if is_set(written) or (elements is _public_access and written is not None):
            path = f"/{one.name}?{query}"
            put = rest_request("PUT", path, _document(tag, elements(known_parts(written))))
            remove = rest_request("DELETE", path)
            if query in _OFF:
                remove = rest_request("PUT", path, _document(tag, _OFF[query]))
            yield Part((query,), put, remove)


def _document(tag: str, elements: _Elements) -> bytes:
    return (
        _xml(tag, elements).replace(f"<{tag}>", f'<{tag} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">', 1).encode()
    )


def _xml(tag: str, value: Any) -> str:
    """Return a value as XML: members as elements, a list as repeated elements."""
    if isinstance(value, list):
        return "".join(_xml(tag, one) for one in value)
    if isinstance(value, Mapping):
        inner = "".join(_xml(name, member) for name, member in value.items() if member is not None)
    else:
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{tag}>{inner}</{tag}>"


def _public_access(written: Any) -> _Elements:
    """Return all elements: what is not known blocks nothing."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {name: is_true(mapping(written).get(name)) for name in names}


def _tags(written: Any) -> _Elements:
    """Return the tags whose value is known."""
    return {"TagSet": {"Tag": [one for one in written if "Value" in one]}}


def _cors(written: Any) -> _Elements:
    names = {
        "Id": "ID", "AllowedHeaders": "AllowedHeader", "AllowedMethods": "AllowedMethod",
        "AllowedOrigins": "AllowedOrigin", "ExposedHeaders": "ExposeHeader", "MaxAge": "MaxAgeSeconds",
    }  # fmt: skip
    return {"CORSRule": [{names.get(name, name): one for name, one in rule.items()} for rule in written["CorsRules"]]}


def _encryption(written: Any) -> _Elements:
    rules = written["ServerSideEncryptionConfiguration"]
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rule": [{names.get(name, name): one for name, one in rule.items()} for rule in rules]}


def _lifecycle(written: Any) -> _Elements:
    return {"Rule": [_lifecycle_rule(rule) for rule in written["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> _Elements:
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    old_days = rule.get("NoncurrentVersionExpirationInDays")
    tags, prefix = rule.get("TagFilters") or [], rule.get("Prefix", "")
    one_of = {"Tag": tags[0]} if tags and not prefix else {"Prefix": prefix}
    several = {"And": {"Prefix": prefix, "Tag": tags}} if len(tags) > 1 or (tags and prefix) else one_of
    transitions = rule.get("Transitions") or [one for one in [rule.get("Transition")] if one]
    return {
        "ID": rule.get("Id"),
        "Status": rule.get("Status"),
        "Filter": several,
        "Expiration": expiration if any(one is not None for one in expiration.values()) else None,
        "NoncurrentVersionExpiration": {"NoncurrentDays": old_days}
        if old_days
        else rule.get("NoncurrentVersionExpiration"),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Transition": [
            {
                "Days": one.get("TransitionInDays"),
                "Date": one.get("TransitionDate"),
                "StorageClass": one["StorageClass"],
            }
            for one in transitions
        ],
        "NoncurrentVersionTransition": [
            {"NoncurrentDays": one.get("TransitionInDays"), "StorageClass": one["StorageClass"]}
            for one in rule.get("NoncurrentVersionTransitions") or ()
        ],
    }


def _website(written: Any) -> _Elements:
    index, error = written.get("IndexDocument"), written.get("ErrorDocument")
    return {
        "IndexDocument": {"Suffix": index} if index else None,
        "ErrorDocument": {"Key": error} if error else None,
        "RedirectAllRequestsTo": written.get("RedirectAllRequestsTo"),
    }


def _notifications(written: Any) -> _Elements:
    bridge = written.get("EventBridgeConfiguration")
    on = isinstance(bridge, Mapping) and is_true(bridge.get("EventBridgeEnabled", True))
    return {
        **{tag: [*_notified(written.get(name), member, own)] for name, (member, tag, own) in _NOTIFIED.items()},
        "EventBridgeConfiguration": {} if on else None,
    }


def _notified(written: Any, member: str, tag: str) -> Iterator[_Elements]:
    """Yield the entries of a list whose event and target are known."""
    for one in written or ():
        if isinstance(one, Mapping) and isinstance(one.get("Event"), str) and isinstance(one.get(member), str):
            yield {tag: one[member], "Event": one["Event"], "Filter": _filter(one.get("Filter"))}


def _filter(written: Any) -> _Elements | None:
    """Return the content of the filter element for prefixes and suffixes of keys."""
    rules = written.get("S3Key", {}).get("Rules", ()) if isinstance(written, Mapping) else ()
    named = [
        {"Name": str(rule["Name"]).lower(), "Value": str(rule["Value"])}
        for rule in rules
        if isinstance(rule, Mapping) and rule.get("Value")
    ]
    return {"S3Key": {"FilterRule": named}} if named else None


# By the template's list: the property that names the target, and the elements of the entry and of its target.
_NOTIFIED = {
    "LambdaConfigurations": ("Function", "CloudFunctionConfiguration", "CloudFunction"),
    "QueueConfigurations": ("Queue", "QueueConfiguration", "Queue"),
    "TopicConfigurations": ("Topic", "TopicConfiguration", "Topic"),
}
# By subresource: the elements that turn off one that S3 cannot delete.
_OFF: dict[str, _Elements] = {"versioning": {"Status": "Suspended"}, "notification": {}}
# By property: the subresource, its element, and what is in it.
_SETTINGS: dict[str, tuple[str, str, Callable[[Any], _Elements]]] = {
    "Tags": ("tagging", "Tagging", _tags),
    "VersioningConfiguration": ("versioning", "VersioningConfiguration", dict),
    "CorsConfiguration": ("cors", "CORSConfiguration", _cors),
    "BucketEncryption": ("encryption", "ServerSideEncryptionConfiguration", _encryption),
    "PublicAccessBlockConfiguration": ("publicAccessBlock", "PublicAccessBlockConfiguration", _public_access),
    "LifecycleConfiguration": ("lifecycle", "LifecycleConfiguration", _lifecycle),
    "WebsiteConfiguration": ("website", "WebsiteConfiguration", _website),
    "NotificationConfiguration": ("notification", "NotificationConfiguration", _notifications),
    "OwnershipControls": ("ownershipControls", "OwnershipControls", lambda written: {"Rule": written["Rules"]}),
}
