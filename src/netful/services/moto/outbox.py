"""Messages that moto's services send, passed to the daemon, because moto itself would run functions in containers.

| service | sends |
|---|---|
| S3 | a notification to a function, a queue or a topic, an event to the default bus |
| SNS | a message to a subscribed function |
| EventBridge | an event to a rule's target, also to a cluster that runs a task; log groups, buses and archives are in this process |

moto itself delivers to queues that subscribe to topics; what subscribes by HTTP, or by mail, has not confirmed that. A message to a queue whose policy does not let the service send is dropped.
"""

import copy
import json
import logging
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.engine.events.event_inputs import text_for
from netful.model.core import instant
from netful.model.names.arns import aws_arn
from netful.model.names.service_names import service
from netful.services.backends.frames import Sent
from netful.services.moto.buckets import bridge_event, complete
from netful.services.moto.call_trace import TRACE
from netful.services.moto.queues import NO_PERMISSIONS, NO_RESOURCE, admits, refusal
from netful.services.moto.replacements import replacing

log = logging.getLogger(__name__)

_CREATED, _TAGGED, _PUT = "s3:ObjectCreated:", "s3:ObjectTagging:", ":Put"
_SNS, _EVENTS = "sns.amazonaws.com", "events.amazonaws.com"
_NOT_SIGNED = "EXAMPLE"
_THIRD = "THIRD_ACCOUNT_HOP_DETECTED"
_ERRORS = {
    NO_PERMISSIONS: "The target does not let the rule send to it.",
    NO_RESOURCE: "The target does not exist.",
    _THIRD: "The event comes from another event bus, and is not forwarded to a third one.",
}
"""The reason for which an event is lost, by its code."""


class Outbox:
    """Collector of messages; `take` empties it."""

    def __init__(self) -> None:
        self._waiting: list[Sent] = []
        self._created: object = None  # the object that the current call has made
        self._hooks: dict[str, Callable[[Any], None]] = {
            "moto.s3.notifications": self._hook_notifications,
            "moto.sns.models": self._hook_subscriptions,
            "moto.events.models": self._hook_rules,
        }

    def hook(self) -> None:
        """Hook into the services that have been loaded since the last call."""
        for name in self._hooks.keys() & sys.modules.keys():
            self._hooks.pop(name)(sys.modules[name])

    def take(self) -> list[Sent]:
        """Return the collected messages and forget them."""
        waiting, self._waiting = self._waiting, []
        self._created = None
        return waiting

    def _send(self, target: str, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self._waiting.append(Sent(target, text, trace=TRACE.get()))

    def _hook_notifications(self, module: Any) -> None:
        event_of = module._get_s3_event  # noqa: SLF001  # there is no public way

        @replacing(module)
        def send_event(pass_on: Any, account: str, name: str, bucket: Any, key: Any) -> None:
            if name.startswith(_CREATED):
                self._created = key
                if name.endswith(_PUT) and key.multipart is not None:  # its event is that of the complete upload
                    return
            elif key is self._created and name.startswith(_TAGGED):  # moto tags each new object, which is not an event
                return
            pass_on(account, name, bucket, key)

        def whole_event(name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
            event: dict[str, Any] = event_of(name, bucket, key, notification_id)
            for record in event["Records"]:
                complete(record, bucket, key)
            return event

        def send(_account: str, event: Any, arn: str, _region: str) -> None:
            self._send(arn, event)

        def to_queue(account: str, event: Any, name: str, region: str) -> None:
            arn = aws_arn("sqs", region, account, name)
            records = event.get("Records")  # the event of a test has none
            if not records or admits(arn, "s3.amazonaws.com", records[0]["s3"]["bucket"]["arn"]):
                self._send(arn, event)

        def send_to_bus(account: str, bucket: Any, name: str, key: Any) -> None:
            from moto.events.models import events_backends  # noqa: PLC0415  # as moto does: it takes time

            event: Any = bridge_event(account, bucket, name, key)
            bus = events_backends[account][bucket.region_name].event_buses.get("default")
            for rule in bus.rules.values() if bus and event else ():
                rule.send_to_targets(event, transform_input=False)

        module._get_s3_event = whole_event  # noqa: SLF001  # the same
        module._send_event_bridge_message = send_to_bus  # noqa: SLF001  # the same
        module._invoke_awslambda = send  # noqa: SLF001  # the same
        module._send_sqs_message = to_queue  # noqa: SLF001  # the same
        module._send_sns_message = send  # noqa: SLF001  # the same

    def _hook_subscriptions(self, module: Any) -> None:

        @replacing(module.Subscription)
        def publish(pass_on: Any, subscription: Any, message: str, message_id: str, **more: Any) -> None:
            if subscription.protocol == "sqs" and not admits(subscription.endpoint, _SNS, subscription.topic.arn):
                return
            if subscription.protocol in ("http", "https"):
                return  # moto would send from the network of this machine
            if subscription.protocol != "lambda":
                pass_on(subscription, message, message_id, **more)
                return
            matcher = subscription._filter_policy_matcher  # noqa: SLF001  # the same
            attributes = more.get("message_attributes")
            if matcher is not None and not matcher.matches(attributes, message):
                return
            if more.get("message_structure") == "json":
                message = subscription._parse_message_structure(message, "lambda")  # noqa: SLF001  # the same
            event = _notification(subscription, message, message_id, more.get("subject"), attributes)
            self._waiting.append(
                Sent(
                    subscription.endpoint,
                    json.dumps(event),
                    service=_SNS,
                    source=subscription.topic.arn,
                    trace=TRACE.get(),
                )
            )

    def _hook_rules(self, module: Any) -> None:

        @replacing(module.Rule)
        def send_to_targets(send: Any, rule: Any, event: Mapping[str, Any], transform_input: bool = True) -> None:  # noqa: FBT001, FBT002  # moto's own signature
            pattern, content = rule.event_pattern, _as_sent(event)
            if rule.state == "DISABLED" or not pattern.get_pattern() or not pattern.matches_event(content):
                return
            for target in rule.targets:
                lost = self._send_to_target(partial(send, transform_input=transform_input), rule, target, event)
                if lost:
                    log.warning("an event of %s for %s is lost: %s", rule.arn, target["Arn"], _ERRORS[lost])
                    letter = _dead_letter(rule.arn, target, content, lost)
                    self._waiting += [letter] if letter else []

    def _send_to_target(self, archive: Any, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
        """Send an event to a target of a rule; return the code of the error if it is lost. `archive` puts it into archives."""
        arn, service = target["Arn"], "" if target.get("RoleArn") else _EVENTS
        if lost := refusal(arn, service, rule.arn) if service else "":
            return lost
        content, kind = _as_sent(event), arn.split(":")[2]
        about = (content, rule.arn, instant(time.time()))
        if kind == "events" and ":event-bus/" in arn:
            return _forward(arn, event)
        if kind == "events":
            alone = copy.copy(rule)
            alone.targets = [target]
            archive(alone, event)
            return ""
        if kind == "logs":
            return _write_log(arn, text_for(target, *about))
        group = target.get("SqsParameters", {}).get("MessageGroupId", "")
        if kind == "kinesis":
            path = target.get("KinesisParameters", {}).get("PartitionKeyPath", "$.id")
            group = text_for({"InputPath": path}, *about).strip('"')
        ecs = json.dumps(target) if "EcsParameters" in target else ""
        refused = _dead_letter(rule.arn, target, content, NO_PERMISSIONS)
        text = text_for(target, *about)
        self._waiting.append(Sent(arn, text, group, ecs, rule.name, service, rule.arn, refused=refused))
        return ""


def _dead_letter(rule: str, target: Mapping[str, Any], event: Mapping[str, Any], code: str) -> Sent | None:
    """Return the message of a lost event for the dead-letter queue of a rule's target; None without one that takes it."""
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue or refusal(queue, _EVENTS, rule):
        return None
    attributes = {"RULE_ARN": rule, "TARGET_ARN": target["Arn"], "ERROR_CODE": code, "ERROR_MESSAGE": _ERRORS[code]}
    return Sent(queue, json.dumps(event), attributes=attributes)


class _Forwarded(dict[str, Any]):
    """An event that comes from another bus, and that no rule forwards to a third one."""


def _forward(arn: str, event: Mapping[str, Any]) -> str:
    """Send an event as it is to the rules of another bus, if it is there; return the code of the error if it is lost."""
    from moto.events.models import events_backends  # noqa: PLC0415  # services are imported when they are first called

    if isinstance(event, _Forwarded):
        return _THIRD
    _, _, _, region, account, rest = arn.split(":", 5)
    bus = events_backends[account][region].event_buses.get(rest.removeprefix("event-bus/"))
    forwarded: Any = _Forwarded(event)
    for rule in [*bus.rules.values()] if bus else ():
        rule.send_to_targets(forwarded)
    return "" if bus else NO_RESOURCE


def _write_log(arn: str, text: str) -> str:
    """Write an event into a log group, if it is there; return the code of the error if it is lost."""
    from moto.logs.models import logs_backends  # noqa: PLC0415  # services are imported when they are first called

    _, _, _, region, account, rest = arn.split(":", 5)
    name, stream = rest.removesuffix(":*").removeprefix("log-group:"), str(uuid.uuid4())
    backend = logs_backends[account][region]
    if name not in backend.groups:
        return NO_RESOURCE
    backend.create_log_stream(name, stream)
    backend.put_log_events(name, stream, [{"timestamp": int(time.time() * 1000), "message": text}])
    return ""


def _notification(
    subscription: Any, message: str, message_id: str, subject: str | None, attributes: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a message as a function receives it from SNS."""
    topic = subscription.topic.arn
    host = f"https://{service('sns').host(topic.split(':')[3])}"
    notification = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic,
        "Subject": subject,
        "Message": message,
        "Timestamp": instant(time.time()),
        "SignatureVersion": "1",
        "Signature": _NOT_SIGNED,
        "SigningCertUrl": f"{host}/SimpleNotificationService-{_NOT_SIGNED}.pem",
        "UnsubscribeUrl": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        "MessageAttributes": {
            name: {"Type": one.get("Type", ""), "Value": one.get("Value", "")}
            for name, one in (attributes or {}).items()
        },
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "Sns": notification,
    }
    return {"Records": [record]}


def _as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as EventBridge sends it: with its time as text, and without moto's own members."""
    sent = {name: value for name, value in event.items() if name not in {"ingestion-time", "archive-arn"}}
    moment = sent.get("time")
    if isinstance(moment, int | float):
        sent["time"] = instant(moment, "seconds")
    return sent
