"""SNS's topics and subscriptions of a template."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netful.model.core import is_set, is_true
from netful.model.names.generated.subscription_arn import subscription_arn
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import Kind, Wanted, document
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Request

# The settings of a topic, and what each is without a value in the template.
_TOPIC_DEFAULTS = {"DisplayName": "", "KmsMasterKeyId": "", "ContentBasedDeduplication": "false"}
_SUBSCRIPTION_ATTRIBUTES = (
    "DeliveryPolicy",
    "FilterPolicyScope",
    "FilterPolicy",
    "RawMessageDelivery",
    "RedrivePolicy",
)


def sns(action: str, **members: object) -> Request:
    """Return a request of SNS."""
    return query_request(action, "2010-03-31", members)


def _text(value: object) -> str:
    return document(value) if isinstance(value, bool | Mapping) else str(value)


def _make_topic(one: Wanted) -> list[Request]:
    fifo = {"FifoTopic": "true"} if is_true(one.properties.get("FifoTopic")) else {}
    return [sns("CreateTopic", Name=one.name, **_entries(fifo))]


def _entries(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as members of the query protocol's map."""
    found: dict[str, str] = {}
    for number, (key, value) in enumerate(attributes.items(), 1):
        found |= {f"Attributes.entry.{number}.key": key, f"Attributes.entry.{number}.value": value}
    return found


def _topic_parts(one: Wanted) -> Iterator[Part]:
    arn = one.arn("sns", one.name)
    for attribute, default in _TOPIC_DEFAULTS.items():
        if is_set(one.properties.get(attribute)):
            put, remove = (
                sns("SetTopicAttributes", TopicArn=arn, AttributeName=attribute, AttributeValue=value)
                for value in (_text(one.properties[attribute]), default)
            )
            yield Part(("attribute", attribute), put, remove)
    yield from one.tags(sns, {"ResourceArn": arn})
    for subscription in one.mappings("Subscription"):
        yield from _subscription_parts(replace(one, properties={**subscription, "TopicArn": arn}))


def _delete_topic(one: Wanted) -> list[Request]:
    return [sns("DeleteTopic", TopicArn=one.arn("sns", one.name))]


def _subscription_parts(one: Wanted) -> Iterator[Part]:
    """Yield a subscription. One with other attributes is another part: it is made again, as they cannot all be unset."""
    topic, protocol, endpoint = (one.text(member) for member in ("TopicArn", "Protocol", "Endpoint"))
    if topic and protocol and endpoint:
        given = {name: one.properties.get(name) for name in _SUBSCRIPTION_ATTRIBUTES}
        attributes = {name: _text(value) for name, value in given.items() if is_set(value)}
        put = sns("Subscribe", TopicArn=topic, Protocol=protocol, Endpoint=endpoint, **_entries(attributes))
        remove = sns("Unsubscribe", SubscriptionArn=subscription_arn(topic, protocol, endpoint))
        yield Part(("subscription", topic, protocol, endpoint, str(attributes)), put, remove)


KINDS: dict[str, Kind] = {
    "AWS::SNS::Topic": Kind("sns", "TopicName", _make_topic, _delete_topic, _topic_parts),
    "AWS::SNS::Subscription": Kind("sns", "SubscriptionName", parts=_subscription_parts),
}
