"""Writes of the rules of listeners."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Remove, new
from netful.account.elbv2.kinds import OF_PART, existing
from netful.account.elbv2.view import View
from netful.account.elbv2.world import RULE, Asked, Change, answered, changed, fresh_hex
from netful.account.elbv2.writes.actions import check_conditions, checked_actions
from netful.account.wire.errors import ApiError
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.load_balancing_arns import LISTENERS, RULES


def create_rule(view: View, asked: Asked) -> Change:
    """CreateRule: its priority must be free."""
    listener = existing(view, LISTENERS, asked["ListenerArn"])
    balancer = _balancer(view, listener)
    if balancer.type is not LoadBalancerType.APPLICATION:
        raise ApiError("UnsupportedProtocol", "Rules are not supported by listeners of this load balancer")
    check_conditions(asked["Conditions"])
    _check_free(view, listener, {"": asked["Priority"]})
    end = view.arns[LISTENERS][listener].partition(":listener/")[2]
    id_ = f"listener-rule/{end}/{fresh_hex()}"
    properties = {
        "ListenerArn": listener, "Priority": asked["Priority"], "Conditions": asked["Conditions"],
        "Actions": checked_actions(view, balancer, asked["Actions"]),
        **{key: asked[key] for key in ("Transforms", "Tags") if asked.get(key)},
    }  # fmt: skip
    return Change((new(RULE, id_, properties),), answered(RULES, id_))


def _balancer(view: View, listener: str) -> LoadBalancer:
    own = view.cloud.balancing
    return own.load_balancers[str(own.listeners[listener].load_balancer_id)]


def _check_free(view: View, listener: str, wanted: Mapping[str, int]) -> None:
    """Raise ApiError if another rule has one of the priorities; `wanted` has the new priority of each rule."""
    others = {rule.priority for rule in view.cloud.balancing.rules_of(listener) if rule.id not in wanted}
    taken = others & {*wanted.values()}
    if taken:
        raise ApiError("PriorityInUse", f"Priority '{min(taken)}' is currently in use")


def modify_rule(view: View, asked: Asked) -> Change:
    """ModifyRule: what is named changes."""
    name = _rule(view, asked["RuleArn"], "modified")
    rule = view.cloud.balancing.listener_rules[name]
    given: dict[str, Any] = {}
    if asked.get("Conditions"):
        check_conditions(asked["Conditions"])
        given["Conditions"] = asked["Conditions"]
    if asked.get("Actions"):
        given["Actions"] = checked_actions(view, _balancer(view, str(rule.listener_id)), asked["Actions"])
    if asked.get("Transforms") or asked.get("ResetTransforms"):
        given["Transforms"] = asked.get("Transforms")
    if not given:
        raise ApiError("ValidationError", "Either conditions or actions must be specified")
    return Change((changed(view, name, **given),), answered(RULES, name))


def delete_rule(view: View, asked: Asked) -> Change:
    """DeleteRule: any but the default one."""
    return Change((Remove(_rule(view, asked["RuleArn"], "deleted")),))


def _rule(view: View, arn: str, done: str) -> str:
    if any(one["IsDefault"] and one["RuleArn"] == arn for one in OF_PART[RULES].records(view)):
        raise ApiError("OperationNotPermitted", f"Default rule '{arn}' cannot be {done}")
    return existing(view, RULES, arn)


def set_rule_priorities(view: View, asked: Asked) -> Change:
    """SetRulePriorities: all together, so that rules can exchange theirs."""
    if any(name not in one for one in asked["RulePriorities"] for name in ("RuleArn", "Priority")):
        raise ApiError("ValidationError", "Each of the rule priorities must have a rule ARN and a priority")
    wanted = {_rule(view, one["RuleArn"], "given a priority"): int(one["Priority"]) for one in asked["RulePriorities"]}
    if len({*wanted.values()}) < len(wanted):
        raise ApiError("ValidationError", "A priority was provided multiple times")
    for listener in {str(view.cloud.balancing.listener_rules[name].listener_id) for name in wanted}:
        _check_free(view, listener, wanted)
    edits = tuple(changed(view, name, Priority=priority) for name, priority in wanted.items())
    return Change(edits, answered(RULES, *wanted))


WRITES = {
    "CreateRule": create_rule,
    "ModifyRule": modify_rule,
    "DeleteRule": delete_rule,
    "SetRulePriorities": set_rule_priorities,
}
