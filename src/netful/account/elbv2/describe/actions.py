"""Actions, conditions and certificates as listeners and rules return them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.account.elbv2.view import View
from netful.model.balancing.load_balancers import CONDITION_CONFIGS, Action, RuleCondition
from netful.model.core import Unknown, mapping
from netful.model.load_balancing_arns import GROUPS

ACTION_CONFIGS = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixed-response": "FixedResponseConfig",
    "authenticate-oidc": "AuthenticateOidcConfig",
    "authenticate-cognito": "AuthenticateCognitoConfig",
    "jwt-validation": "JwtValidationConfig",
}
"""The members with the configuration of an action, by its type."""

_REDIRECT = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}
_DIRECT_VALUES = ("host-header", "path-pattern")


def actions(view: View, every: Iterable[Action]) -> list[dict[str, Any]]:
    """Return the records of actions; several have their order."""
    found = [_action(view, one) for one in every]
    return [{**one, "Order": number} for number, one in enumerate(found, 1)] if len(found) > 1 else found


def _action(view: View, action: Action) -> dict[str, Any]:
    record: dict[str, Any] = {"Type": action.type}
    key = ACTION_CONFIGS.get(action.type)
    if action.type == "forward":
        record |= _forward(view, action)
    elif key is not None:
        defaults = _REDIRECT if action.type == "redirect" else {}
        record[key] = {**defaults, **mapping(action.config)}
        record[key].pop("ClientSecret", None)  # AWS never returns it
    return record


def _forward(view: View, action: Action) -> dict[str, Any]:
    groups = [
        {"TargetGroupArn": view.arn(GROUPS, id_) or str(id_), "Weight": weight}
        for id_, weight in zip(action.target_group_ids, action.weights, strict=False)
        if not isinstance(id_, Unknown)
    ]
    sticky = mapping(action.config).get("TargetGroupStickinessConfig") or {"Enabled": False}
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
    single = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
    return {**single, "ForwardConfig": config}


def conditions(every: Iterable[RuleCondition]) -> list[dict[str, Any]]:
    """Return the records of a rule's conditions."""
    return [{"Field": one.field, **_values(one)} for one in every]


def _values(condition: RuleCondition) -> dict[str, Any]:
    values = [value for value in condition.values if not isinstance(value, Unknown)]
    regexes = [value for value in condition.regexes if not isinstance(value, Unknown)]
    config: dict[str, Any] = {"Values": [*_pairs(values)] if condition.field == "query-string" else values}
    if regexes:
        config["RegexValues"] = regexes
    if condition.name:
        config["HttpHeaderName"] = condition.name
    direct = {"Values": values} if condition.field in _DIRECT_VALUES and values else {}
    key = CONDITION_CONFIGS.get(condition.field)
    return {**direct, key: config} if key else {"Values": values}


def _pairs(values: Iterable[str]) -> Iterator[Mapping[str, str]]:
    for value in values:
        key, equals, wanted = value.partition("=")
        yield {"Key": key, "Value": wanted} if equals else {"Value": value}
