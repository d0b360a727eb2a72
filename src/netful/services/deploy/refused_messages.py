"""Messages of a template's topics, rules, buckets, schedules and functions that nothing lets them send.

AWS makes a subscription or a rule all the same, and drops the messages; it refuses a bucket, a mapping and a destination.
"""

from collections.abc import Iterator

from netful.engine.events.event_source_mappings import MAPPING
from netful.engine.events.execution_roles import undelivered
from netful.engine.events.mapping_refusals import mapping_refusal
from netful.engine.events.senders import S3, SCHEDULE, Sending, admits, may_invoke, role_refusal, sendings
from netful.model.cloud import Cloud
from netful.model.core import mapping
from netful.services.deploy.left_out import LeftOut


def refused_messages(cloud: Cloud) -> Iterator[LeftOut]:
    """Yield a warning for each resource whose messages a queue or a function of the template does not admit."""
    for resource in cloud.template.resources.values():
        for sending in sendings(cloud, resource):
            named, why = cloud.named(sending.target), _refusal(cloud, sending)
            if why:
                what = f"the messages of `{resource.id}` to `{named.rpartition(':function:')[2] or named}` are"
                lacks, is_made = f"{why} lets `{sending.service}` send them", sending.service != S3
                yield LeftOut(resource.id, what, lacks, resource.origin, is_made)
        why = role_refusal(cloud, mapping(resource.properties.get("Target"))) if resource.type == SCHEDULE else ""
        if why:
            yield LeftOut(resource.id, f"the events of `{resource.id}` are", why, resource.origin)


def refused_deliveries(cloud: Cloud) -> Iterator[LeftOut]:
    """Yield a warning for each event source mapping that Lambda refuses, and for each destination that a role does not allow."""
    for one in cloud.template.resources.values():
        why = mapping_refusal(cloud, one) if one.type == MAPPING else ""
        if why:
            yield LeftOut(
                one.id, f"the records of `{one.id}` are", f"Lambda refuses the mapping: {why.rstrip('.')}", one.origin
            )
    for lost in undelivered(cloud):
        what = f"the messages of `{lost.function_id}` to `{cloud.named(lost.target)}` are"
        yield LeftOut(lost.place.id, what, f"its role does not allow `{lost.action}`", lost.place.origin)


def _refusal(cloud: Cloud, sending: Sending) -> str:
    """Return what a target lacks; "" for one that admits the messages. Functions that a bucket may not invoke are warned of elsewhere."""
    if ":sqs:" in sending.target:
        return "no `AWS::SQS::QueuePolicy`" if admits(cloud, sending) is False else ""
    refused = ":lambda:" in sending.target and sending.service != S3 and not may_invoke(cloud, sending)
    return "no `AWS::Lambda::Permission`" if refused else ""
