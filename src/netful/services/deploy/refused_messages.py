"""Messages of a template's topics, rules and buckets to queues whose policies do not let them send: AWS drops them, or refuses S3's."""

from collections.abc import Iterator

from netful.engine.iam.resource_policies import admits
from netful.model.cloud import Cloud
from netful.model.core import Resource, mapping, mappings
from netful.services.deploy.left_out import LeftOut

_SNS, _EVENTS, _S3 = "sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"


def refused_messages(cloud: Cloud) -> Iterator[LeftOut]:
    """Yield a warning for each resource whose messages a queue of the template does not admit."""
    for resource in cloud.template.resources.values():
        for service, source, queue in _sent(cloud, resource):
            named = cloud.named(queue)
            if named in cloud.template.resources and admits(cloud, queue, service, source) is False:
                what = f"the messages of `{resource.id}` to `{named}` are"
                why = f"no `AWS::SQS::QueuePolicy` lets `{service}` send them"
                yield LeftOut(resource.id, what, why, resource.origin)


def _sent(cloud: Cloud, resource: Resource) -> Iterator[tuple[str, str, str]]:
    """Yield the service, the ARN of the source, and the ARN of the queue."""
    given = resource.properties
    if resource.type == "AWS::SNS::Subscription" and given.get("Protocol") == "sqs":
        found = [(_SNS, given.get("TopicArn"), given.get("Endpoint"))]
    elif resource.type == "AWS::SNS::Topic":
        own = mappings(given.get("Subscription"))
        found = [(_SNS, resource.ref, one.get("Endpoint")) for one in own if one.get("Protocol") == "sqs"]
    elif resource.type == "AWS::Events::Rule":
        rule = (
            f"arn:aws:events:{cloud.region_of(resource.id)}:{cloud.account_id}:rule/{given.get('Name') or resource.id}"
        )
        found = [(_EVENTS, rule, one.get("Arn")) for one in mappings(given.get("Targets")) if not one.get("RoleArn")]
    elif resource.type == "AWS::S3::Bucket":
        bucket = f"arn:aws:s3:::{given.get('BucketName') or resource.id}"
        configured = mapping(given.get("NotificationConfiguration")).get("QueueConfigurations")
        found = [(_S3, bucket, one.get("Queue")) for one in mappings(configured)]
    else:
        return
    for service, source, target in found:
        if isinstance(source, str) and isinstance(target, str) and ":sqs:" in target:
            yield service, source, target
