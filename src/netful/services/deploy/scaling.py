"""Scalable targets of Application Auto Scaling with their policies and scheduled actions: records, nothing scales by itself."""

from collections.abc import Iterator
from typing import Any

from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import Kind, Place, Properties, known, mappings, plain
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

_SERVICE = "application-autoscaling"
_PLACE = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_OF_POLICIES = (
    "PolicyName",
    "PolicyType",
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
)
_OF_ACTIONS = ("ScheduledActionName", "Schedule", "StartTime", "EndTime", "ScalableTargetAction")


def _request(operation: str, members: dict[str, Any]) -> Request:
    return json_request(f"AnyScaleFrontendService.{operation}", members)


def _target(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    place = {name: known(properties.get(name)) for name in _PLACE}
    limits = {name: plain(properties[name]) for name in ("MinCapacity", "MaxCapacity") if name in properties}
    put = _request("RegisterScalableTarget", {**place, **limits})
    yield Part(("target",), put, _request("DeregisterScalableTarget", place))
    for action in mappings(properties, "ScheduledActions"):
        given = {name: plain(action[name]) for name in _OF_ACTIONS if name in action}
        named = {**place, "ScheduledActionName": given.get("ScheduledActionName")}
        put = _request("PutScheduledAction", {**place, **given})
        yield Part(("action", str(given.get("ScheduledActionName"))), put, _request("DeleteScheduledAction", named))


def _policy(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    target = str(properties.get("ScalingTargetId") or "").split("|")
    named = dict(zip(_PLACE, target, strict=True)) if len(target) == len(_PLACE) else {}
    place = {name: properties.get(name, named.get(name)) for name in _PLACE}
    given = {name: plain(properties[name]) for name in _OF_POLICIES if name in properties}
    tracking = given.get("TargetTrackingScalingPolicyConfiguration")
    if isinstance(tracking, dict) and isinstance(tracking.get("TargetValue"), str):
        tracking["TargetValue"] = float(tracking["TargetValue"])
    removal = _request("DeleteScalingPolicy", {**place, "PolicyName": given.get("PolicyName")})
    yield Part(("policy",), _request("PutScalingPolicy", {**place, **given}), removal)


KINDS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Kind(_SERVICE, "", parts=_target),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Kind(_SERVICE, "", parts=_policy),
}
