"""Scalable targets of a template are there from the first call on, follow a change and go with their stack."""

import asyncio
import json

import pytest

from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.services.backends.backend import Backends
from netful.services.http.backend_requests import json_request

pytestmark = pytest.mark.programs
PLACE = {
    "ServiceNamespace": "dynamodb", "ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}  # fmt: skip
ACTION = {"ScheduledActionName": "night", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": "1"}}
METRIC = {"PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}


def cloud(most):
    target = Resource("Target", "AWS::ApplicationAutoScaling::ScalableTarget",
                      {**PLACE, "MinCapacity": 1, "MaxCapacity": most, "ScheduledActions": [ACTION]})  # fmt: skip
    tracking = {"TargetValue": "70.0", **METRIC}
    joined = "|".join(PLACE[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    policy = Resource("Policy", "AWS::ApplicationAutoScaling::ScalingPolicy",
                      {"PolicyName": "half", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": joined,
                       "TargetTrackingScalingPolicyConfiguration": tracking})  # fmt: skip
    return Cloud.of(region="eu-west-1", account_id="123456789012", resources={"Target": target, "Policy": policy})


def test_targets_with_their_policies_and_actions(tmp_path):
    async def described(backends, what):
        asked = json_request(f"AnyScaleFrontendService.Describe{what}", {"ServiceNamespace": "dynamodb"})
        response = await backends.call("application-autoscaling", asked)
        return json.loads(response.body)[what]

    async def main():
        backends = Backends(cloud("5"), tmp_path)
        await backends.start()
        try:
            (target,) = await described(backends, "ScalableTargets")
            (policy,) = await described(backends, "ScalingPolicies")
            (action,) = await described(backends, "ScheduledActions")
            await backends.follow(cloud("5"), cloud("7"))
            (changed,) = await described(backends, "ScalableTargets")
            await backends.follow(cloud("7"), Cloud.of(region="eu-west-1", account_id="123456789012"))
            await backends.settle()
            left = [
                await described(backends, one) for one in ("ScalableTargets", "ScalingPolicies", "ScheduledActions")
            ]
            return target["MaxCapacity"], policy, action, changed["MaxCapacity"], left, backends.warnings
        finally:
            await backends.close()

    most, policy, action, changed, left, warnings = asyncio.run(main())
    assert (most, changed, left, warnings) == (5, 7, [[], [], []], ())
    assert (policy["ResourceId"], policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]) == (
        "table/orders",
        70.0,
    )
    assert action["ScalableTargetAction"] == {"MinCapacity": 1}
