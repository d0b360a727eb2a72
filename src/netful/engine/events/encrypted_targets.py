"""Encrypted queues and topics: a service of AWS that sends to one asks KMS itself, so the policy of the key has to name it.

The policies of AWS's own keys (`alias/aws/sqs`, `alias/aws/sns`) name no other service and cannot be changed.
"""

from typing import Any

from netful.engine.events.senders import Sending, sendings
from netful.engine.iam import encryption
from netful.engine.iam.resource_policies import documents, id_at
from netful.model.access.policy_statements import statements
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_wholly_known, listed, mapping, words_of

_OF_AWS = ("alias/aws/sns", "alias/aws/sqs")
_ALARM, _ALARMS = "AWS::CloudWatch::Alarm", ("AlarmActions", "InsufficientDataActions", "OKActions")


def messages(cloud: Cloud, resource: Resource) -> tuple[Sending, ...]:
    """Return what services send for a resource; an alarm needs no policy of a topic, but that of its key."""
    actions = (
        [one for name in _ALARMS for one in listed(resource.properties.get(name))] if resource.type == _ALARM else []
    )
    of_alarm = (
        Sending("cloudwatch.amazonaws.com", "", one) for one in actions if isinstance(one, str) and ":sns:" in one
    )
    return (*sendings(cloud, resource), *of_alarm)


def closed_key(cloud: Cloud, sending: Sending) -> str:
    """Return why the key of a queue or topic surely does not admit a service; "" if it does, or is not known."""
    target = cloud.template.resources.get(cloud.named(sending.target))
    key = target.properties.get("KmsMasterKeyId") if target is not None else None
    if isinstance(key, str) and key.endswith(_OF_AWS):
        return "is encrypted with a key of AWS"
    _, own = encryption.encrypted(cloud).get(sending.target, ("", ""))
    policy = documents(cloud).get(own)
    if policy is None or any(_may_name(one, sending.service) for one in statements(policy)):
        return ""
    return f"is encrypted with `{id_at(cloud, own)}`, whose policy does not name the service"


def _may_name(statement: Any, service: str) -> bool:
    """Return whether a statement of a key's policy may allow a service something."""
    written = mapping(statement)
    principal = written.get("Principal")
    named = {*words_of(principal)} & {"*", service}
    return written.get("Effect") != "Deny" and (bool(named) or principal is None or not is_wholly_known(principal))
