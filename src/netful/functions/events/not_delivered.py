"""Resources whose events a running stack does not deliver: nothing here reads their source, or none of its events occur."""

from collections.abc import Iterator

from netful.engine.events.event_source_mappings import MAPPING, event_source_mapping
from netful.engine.events.senders import SCHEDULE
from netful.model.cloud import Cloud
from netful.model.core import Resource, mapping

_UNIVERSAL = ":aws-sdk:"  # in the ARN of a target that stands for any operation of AWS
_READ = ("sqs", "dynamodb", "kinesis")

_TYPES = {
    "AWS::AppSync::GraphQLApi": "AppSync is not emulated",
    "AWS::S3ObjectLambda::AccessPoint": "S3 Object Lambda is not emulated",
    "AWS::Pipes::Pipe": "EventBridge Pipes is not emulated",
    "AWS::KinesisFirehose::DeliveryStream": "streams of Data Firehose are made by calls alone",
    "AWS::Events::ApiDestination": "API destinations are not called",
    "AWS::IoT::TopicRule": "AWS IoT is not emulated",
    "AWS::SES::ReceiptRule": "no mail arrives",
    "AWS::Logs::SubscriptionFilter": "subscriptions of log groups are not emulated",
}
_OTHER_SOURCES = (
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "Queues",
    "Topics",
)


def not_delivered(cloud: Cloud) -> Iterator[str]:
    """Yield a warning for each such resource."""
    for resource in cloud.template.resources.values():
        why = _TYPES.get(resource.type, "") or _why_not_read(cloud, resource) or _why_not_called(resource)
        if why:
            yield f"{resource.origin}: `{resource.id}` delivers no events: {why}"


def _why_not_called(resource: Resource) -> str:
    if resource.type == "AWS::Cognito::UserPool":
        triggers = ", ".join(mapping(resource.properties.get("LambdaConfig")))
        return f"its triggers ({triggers}) are not called" if triggers else ""
    target = mapping(resource.properties.get("Target")).get("Arn") if resource.type == SCHEDULE else ""
    return f"netful does not call `{target}`" if _UNIVERSAL in str(target) else ""


def _why_not_read(cloud: Cloud, resource: Resource) -> str:
    if resource.type != MAPPING:
        return ""
    if any(resource.properties.get(name) for name in _OTHER_SOURCES):
        return "brokers and document databases are not read"
    mapping = event_source_mapping(cloud, resource)
    return f"netful does not read from `{mapping.service}`" if mapping and mapping.service not in _READ else ""
