"""Queues, subscriptions and notifications that AWS refuses: queues and topics of the other kind (FIFO), events that overlap, and two of one subscription."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, at, is_true, is_wholly_known, mapping, mappings

_QUEUE, _TOPIC, _SUBSCRIPTION = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SNS::Subscription"
_PLACE = ("TopicArn", "Protocol", "Endpoint")  # of a subscription: there is one for each
_FLAGS = {_QUEUE: "FifoQueue", _TOPIC: "FifoTopic"}
_NEVER_BY_FIFO = ("application", "email", "email-json", "http", "https", "lambda", "sms")
_NOTIFIED = {"QueueConfigurations": "Queue", "TopicConfigurations": "Topic", "LambdaConfigurations": "Function"}
_ALL = ":*"


def dead_letters(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield queues whose dead letter queue is of the other kind."""
    for queue in cloud.template.of_type(_QUEUE):
        other = _named(cloud, at(queue.properties, "RedrivePolicy.deadLetterTargetArn"))
        if other is not None and {_is_fifo(queue), _is_fifo(other)} == {True, False}:
            yield queue.id, f"one of `{queue.id}` and `{other.id}` is a FIFO queue, the other is not"


def subscriptions(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield subscriptions of a FIFO queue to another topic, and of what is not a queue to a FIFO topic."""
    for one in cloud.template.of_type(_SUBSCRIPTION):
        topic, protocol = _named(cloud, one.properties.get("TopicArn")), one.properties.get("Protocol")
        endpoint = _named(cloud, one.properties.get("Endpoint"))
        if topic is None or topic.type != _TOPIC:
            continue
        if _is_fifo(topic) and protocol in _NEVER_BY_FIFO:
            yield one.id, f"`{topic.id}` is a FIFO topic, which sends to queues alone, not by {protocol}"
        elif _is_fifo(topic) is False and endpoint is not None and _is_fifo(endpoint):
            yield one.id, f"`{endpoint.id}` is a FIFO queue, and `{topic.id}` is not a FIFO topic"


def repeated_subscriptions(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield subscriptions with the topic and the endpoint of an earlier one, but other attributes."""
    earlier: dict[tuple[Any, ...], Resource] = {}
    for one in cloud.template.of_type(_SUBSCRIPTION):
        place = tuple(one.properties.get(name) for name in _PLACE)
        first = earlier.setdefault(place, one) if all(isinstance(part, str) for part in place) else one
        own, others = _attributes(one), _attributes(first)
        if own and others and own != others:
            yield one.id, f"`{first.id}` is the same subscription, with other attributes"


def notifications(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield buckets that notify a FIFO queue or topic, or send one event twice."""
    for bucket in cloud.template.of_type("AWS::S3::Bucket"):
        configured = mapping(bucket.properties.get("NotificationConfiguration"))
        sent = [(one, one.get(name)) for kind, name in _NOTIFIED.items() for one in mappings(configured.get(kind))]
        for _, target in sent:
            named = _named(cloud, target)
            if named is not None and _is_fifo(named):
                yield bucket.id, f"`{named.id}` is FIFO, and buckets do not notify those"
        if any(_overlap(first, second) for (first, _), (second, _) in combinations(sent, 2)):
            yield bucket.id, "two notifications are for the same event of the same objects"


def _attributes(subscription: Resource) -> dict[str, Any]:
    """Return the attributes of a subscription; none if one is not known."""
    found = {name: value for name, value in subscription.properties.items() if name not in (*_PLACE, "Region")}
    return found if is_wholly_known(found) else {}


def _named(cloud: Cloud, arn: object) -> Resource | None:
    """Return the loaded queue or topic that an ARN names."""
    found: Resource | None = cloud.template.resources.get(cloud.named(arn)) if isinstance(arn, str) else None
    return found if found is not None and found.type in _FLAGS else None


def _is_fifo(one: Resource) -> bool | None:
    flag = one.properties.get(_FLAGS[one.type])
    return None if isinstance(flag, Unknown) else is_true(flag)


def _overlap(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Return whether two notifications surely share an event and an object."""
    events, filters = (first.get("Event"), second.get("Event")), (_filter(first), _filter(second))
    if not all(isinstance(one, str) for one in events) or None in filters:
        return False
    short, long = sorted(map(str, events), key=len)
    same = short == long or (short.endswith(_ALL) and long.startswith(short[:-1]))
    (prefix, suffix), (other_prefix, other_suffix) = (one or ("", "") for one in filters)
    return (
        same
        and (prefix.startswith(other_prefix) or other_prefix.startswith(prefix))
        and (suffix.endswith(other_suffix) or other_suffix.endswith(suffix))
    )


def _filter(notification: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the prefix and the suffix of the keys of a notification; None if one is not known."""
    written = notification.get("Filter")
    rules = at(written, "S3Key.Rules")
    if written is None:
        return "", ""
    if not isinstance(rules, list | tuple) or not all(isinstance(one, Mapping) for one in rules):
        return None
    found = {str(one.get("Name")).lower(): one.get("Value", "") for one in rules}
    ends = found.get("prefix", ""), found.get("suffix", "")
    return (str(ends[0]), str(ends[1])) if all(isinstance(one, str) for one in ends) else None
