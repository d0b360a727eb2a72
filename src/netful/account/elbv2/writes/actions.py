"""Checks of actions and conditions before a listener or a rule has them."""

from collections.abc import Sequence
from typing import Any

from netful.account.elbv2.describe.actions import ACTION_CONFIGS
from netful.account.elbv2.describe.target_groups import OF_HTTP, balancers_of
from netful.account.elbv2.view import View
from netful.account.elbv2.world import Asked, groups_in, named_actions
from netful.account.wire.errors import ApiError
from netful.model.balancing.load_balancers import CONDITION_CONFIGS, LoadBalancer, LoadBalancerType, TargetGroup
from netful.model.load_balancing_arns import GROUPS

_ENDS = ("forward", "redirect", "fixed-response")
_SHARED = "The following target groups cannot be associated with more than one load balancer: {}"


def checked_actions(view: View, balancer: LoadBalancer, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return the actions of a request as a template has them, in their order. Raises ApiError where AWS refuses them."""
    actions = named_actions(view, sorted(asked, key=lambda one: one.get("Order") or 0))
    if not actions or actions[-1]["Type"] not in _ENDS or any(one["Type"] in _ENDS for one in actions[:-1]):
        text = "The last action must be one of 'forward', 'redirect', 'fixed-response', and no other"
        raise ApiError("InvalidLoadBalancerAction", text)
    for action in actions:
        _check_action(balancer, action)
    for name in groups_in(actions):
        _check_group(view, balancer, view.cloud.balancing.target_groups[name])
    return actions


def _check_action(balancer: LoadBalancer, action: Asked) -> None:
    kind = action["Type"]
    if balancer.type is LoadBalancerType.NETWORK and kind != "forward":
        raise ApiError("InvalidLoadBalancerAction", f"The action type '{kind}' is not valid with network load balancer")
    if kind == "forward" and not [*groups_in([action])]:
        raise ApiError("ValidationError", "A target group ARN must be specified")
    if kind != "forward" and not action.get(ACTION_CONFIGS[kind]):
        raise ApiError("ValidationError", f"You must specify the configuration of the action '{kind}'")


def _check_group(view: View, balancer: LoadBalancer, group: TargetGroup) -> None:
    arn = view.arn(GROUPS, group.id)
    application = balancer.type is LoadBalancerType.APPLICATION
    if application != (group.protocol in OF_HTTP or group.target_type == "lambda"):
        text = f"The target group {arn} is not compatible with a load balancer of type {balancer.type}"
        raise ApiError("IncompatibleProtocols", text)
    if group.vpc_id is not None and group.vpc_id != balancer.vpc_id:
        raise ApiError("InvalidConfigurationRequest", f"The target group {arn} is not in the VPC of the load balancer")
    if any(one != balancer.id for one in balancers_of(view, group.id)):
        raise ApiError("TargetGroupAssociationLimit", _SHARED.format(arn))


def check_conditions(asked: Sequence[Asked]) -> None:
    """Raise ApiError for conditions that AWS refuses."""
    if not asked:
        raise ApiError("ValidationError", "A rule must have at least one condition")
    for condition in asked:
        field = condition.get("Field")
        if field not in CONDITION_CONFIGS:
            known = ",".join(sorted(CONDITION_CONFIGS))
            raise ApiError("ValidationError", f"Condition field '{field}' must be one of '[{known}]'")
        config = condition.get(CONDITION_CONFIGS[field]) or {}
        if not any(one.get(key) for one in (condition, config) for key in ("Values", "RegexValues")):
            raise ApiError("ValidationError", "A condition value must be specified")
