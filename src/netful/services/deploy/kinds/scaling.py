"""Scalable targets of Application Auto Scaling with their policies and scheduled actions: records, nothing scales by itself."""

from collections.abc import Iterator
from dataclasses import replace

from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Wanted

_SERVICE = "application-autoscaling"
_SCALING = JsonService("AnyScaleFrontendService")
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
    put = _SCALING("RegisterScalableTarget", **place, **one.plain("MinCapacity", "MaxCapacity"))
    yield Part(("target",), put, _SCALING("DeregisterScalableTarget", **place))
    for action in one.mappings("ScheduledActions"):
        given = replace(one, properties=action).plain(*_OF_ACTIONS)
        named = {**place, "ScheduledActionName": given.get("ScheduledActionName")}
        put, remove = _SCALING("PutScheduledAction", **place, **given), _SCALING("DeleteScheduledAction", **named)
        yield Part(("action", str(given.get("ScheduledActionName"))), put, remove)


def _policy(one: Wanted) -> Iterator[Part]:
    target = str(one.properties.get("ScalingTargetId") or "").split("|")
    named = dict(zip(_PLACE, target, strict=True)) if len(target) == len(_PLACE) else {}
    place = {name: one.properties.get(name, named.get(name)) for name in _PLACE}
    given = one.plain(*_OF_POLICIES)
    tracking = given.get("TargetTrackingScalingPolicyConfiguration")
    if isinstance(tracking, dict) and isinstance(tracking.get("TargetValue"), str):
        tracking["TargetValue"] = float(tracking["TargetValue"])
    removal = _SCALING("DeleteScalingPolicy", **place, PolicyName=given.get("PolicyName"))
    yield Part(("policy",), _SCALING("PutScalingPolicy", **place, **given), removal)


KINDS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Kind(_SERVICE, "", parts=_target),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Kind(_SERVICE, "", parts=_policy),
}
