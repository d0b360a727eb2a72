"""Invokers of the functions of a cloud: event sources, APIs, target groups, function URLs.

An invoker either refers to the function itself, or a resource between them refers to both.
"""

import re
from collections.abc import Iterator, Mapping

from netful.engine.integrations.integration_targets import callee
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown

_SOURCES = (
    "AWS::AppSync::DataSource",
    "AWS::CloudFront::Distribution",
    "AWS::Cognito::UserPool",
    "AWS::Config::ConfigRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::Rule",
    "AWS::IoT::TopicRule",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::Url",
    "AWS::Pipes::Pipe",
    "AWS::S3::Bucket",
    "AWS::SES::ReceiptRule",
    "AWS::Scheduler::Schedule",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::StepFunctions::StateMachine",
)
_BETWEEN = {
    "AWS::Lambda::EventSourceMapping": "EventSourceArn",
    "AWS::Logs::SubscriptionFilter": "LogGroupName",
    "AWS::SNS::Subscription": "TopicArn",
}
"""Types between a source and a function, with the property for the source."""
_OF_FUNCTION = ("AWS::Lambda::Alias", "AWS::Lambda::Version")


def triggers(cloud: Cloud) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the invokers of functions, by function; the ARN or name of a source that is not in the cloud."""
    found: dict[str, dict[str, None]] = {}
    for function_id, source in (*_of_resources(cloud), *_of_apis(cloud)):
        found.setdefault(function_id, {})[source] = None
    return {function_id: tuple(sources) for function_id, sources in found.items()}


def _of_resources(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for resource in cloud.template.resources.values():
        if resource.type in _SOURCES or resource.type in _BETWEEN:
            source = resource.id if resource.type in _SOURCES else _source(cloud, resource)
            yield from ((function_id, source) for function_id in _called(cloud, resource) if source)


def _called(cloud: Cloud, resource: Resource) -> Iterator[str]:
    """Yield the functions that a resource refers to, also by a version or alias."""
    for id_ in resource.references:
        referred = cloud.template.resources.get(id_)
        if id_ in cloud.compute.functions:
            yield id_
        elif referred is not None and referred.type in _OF_FUNCTION:
            yield from _called(cloud, referred)


def _source(cloud: Cloud, between: Resource) -> str:
    written = between.properties.get(_BETWEEN[between.type])
    if isinstance(written, Unknown):  # an attribute that AWS decides, such as the ARN of a stream
        named = (id_ for need in written.needs for id_ in between.references if need.startswith(f"{id_}."))
        return next(named, "")
    parts = re.split("[:/]", str(written or ""))
    names = ((id_, re.split("[:/]", str(cloud.physical_id(id_)))[-1]) for id_ in between.references)
    return next((id_ for id_, name in names if name in parts), str(written or ""))


def _of_apis(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for api in cloud.apis.by_id.values():
        for stage in cloud.apis.stages_of(api.id) or (None,):
            called = (callee(cloud, one.integration, stage).function for one in api.routes if one.integration)
            yield from ((id_, api.id) for id_ in map(str, called) if id_ in cloud.compute.functions)
