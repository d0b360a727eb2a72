"""Scalable targets of Application Auto Scaling with their policies and scheduled actions: records, nothing scales by itself."""

from collections.abc import Iterator
from dataclasses import replace

from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Wanted

_SERVICE = "application-autoscaling"
_SCALING = JsonService("AnyScaleFrontendService", model=_SERVICE)
_PLACE = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_OF_POLICIES = (
    "PolicyName",
    "PolicyType",
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
)
_OF_ACTIONS = ("ScheduledActionName", "Schedule", "StartTime", "EndTime", "ScalableTargetAction")


def _target(one: Wanted) -> Iterator[Part]:
    place = dict.fromkeys(_PLACE) | one.set(*_PLACE)
    put = _SCALING("RegisterScalableTarget", **place, **one.set("MinCapacity", "MaxCapacity"))
    yield Part(("target",), put, _SCALING("DeregisterScalableTarget", **place))
    for action in one.mappings("ScheduledActions"):
        given = replace(one, properties=action).set(*_OF_ACTIONS)
        named = {**place, "ScheduledActionName": given.get("ScheduledActionName")}
        put, remove = _SCALING("PutScheduledAction", **place, **given), _SCALING("DeleteScheduledAction", **named)
        yield Part(("action", str(given.get("ScheduledActionName"))), put, remove)


def _policy(one: Wanted) -> Iterator[Part]:
    target = str(one.properties.get("ScalingTargetId") or "").split("|")
    named = dict(zip(_PLACE, target, strict=True)) if len(target) == len(_PLACE) else {}
    place = {name: one.properties.get(name, named.get(name)) for name in _PLACE}
    given = one.set(*_OF_POLICIES)
    removal = _SCALING("DeleteScalingPolicy", **place, PolicyName=given.get("PolicyName"))
    yield Part(("policy",), _SCALING("PutScalingPolicy", **place, **given), removal)


KINDS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Kind(_SERVICE, "", parts=_target),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Kind(_SERVICE, "", parts=_policy),
}
