"""SNS's topics and subscriptions of a template."""

from collections.abc import Iterator, Mapping

from netful.model.names.subscription_arn import subscription_arn
from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import Kind, Place, Properties, document, is_known, mappings
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
_SUBSCRIBED = ("TopicArn", "Protocol", "Endpoint")


def _sns(action: str, **members: object) -> Request:
    return query_request(action, "2010-03-31", members)


def topic_arn(name: str, place: Place) -> str:
    """Return the ARN of a topic."""
    return f"arn:aws:sns:{place.region}:{place.account_id}:{name}"


def _text(value: object) -> str:
    if isinstance(value, bool | Mapping):
        return document(value)
    return str(value)


def _make_topic(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    fifo = {"FifoTopic": "true"} if str(properties.get("FifoTopic")).lower() == "true" else {}
    yield _sns("CreateTopic", Name=name, **_entries(fifo))


def _entries(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as members of the query protocol's map."""
    found: dict[str, str] = {}
    for number, (key, value) in enumerate(attributes.items(), 1):
        found |= {f"Attributes.entry.{number}.key": key, f"Attributes.entry.{number}.value": value}
    return found


def _topic_parts(name: str, properties: Properties, place: Place) -> Iterator[Part]:
    arn = topic_arn(name, place)
    for attribute, default in _TOPIC_DEFAULTS.items():
        if is_known(properties.get(attribute)):
            put, remove = (
                _sns("SetTopicAttributes", TopicArn=arn, AttributeName=attribute, AttributeValue=value)
                for value in (_text(properties[attribute]), default)
            )
            yield Part(("attribute", attribute), put, remove)
    for tag in mappings(properties, "Tags"):
        key = str(tag.get("Key"))
        put = _sns("TagResource", ResourceArn=arn, Tags=[{"Key": key, "Value": str(tag.get("Value", ""))}])
        yield Part(("tag", key), put, _sns("UntagResource", ResourceArn=arn, TagKeys=[key]))
    for one in mappings(properties, "Subscription"):
        yield from _subscription_parts("", {**one, "TopicArn": arn}, place)


def _delete_topic(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    yield _sns("DeleteTopic", TopicArn=topic_arn(name, place))


def _subscription_parts(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    """Yield a subscription. One with other attributes is another part: it is made again, as they cannot all be unset."""
    topic, protocol, endpoint = (properties.get(member) for member in _SUBSCRIBED)
    if isinstance(topic, str) and isinstance(protocol, str) and isinstance(endpoint, str):
        attributes = {
            name: _text(properties[name]) for name in _SUBSCRIPTION_ATTRIBUTES if is_known(properties.get(name))
        }
        put = _sns("Subscribe", TopicArn=topic, Protocol=protocol, Endpoint=endpoint, **_entries(attributes))
        remove = _sns("Unsubscribe", SubscriptionArn=subscription_arn(topic, protocol, endpoint))
        yield Part(("subscription", topic, protocol, endpoint, str(attributes)), put, remove)


KINDS: dict[str, Kind] = {
    "AWS::SNS::Topic": Kind("sns", "TopicName", _make_topic, _delete_topic, _topic_parts),
    "AWS::SNS::Subscription": Kind("sns", "SubscriptionName", parts=_subscription_parts),
}
