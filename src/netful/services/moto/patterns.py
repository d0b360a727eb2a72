"""Patterns of EventBridge's rules and filter policies of SNS, matched by the same code as the filters of event source mappings.

moto's own matchers differ from AWS's: those of rules find nothing in objects within lists and take any matcher that they
do not know for a match; those of SNS have no `cidr`, ignore some forms of `anything-but`, and fail at values of other types.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from netful.engine.events.event_patterns import PatternError, parse
from netful.model.json_texts import json_or
from netful.services.moto.replacements import replacing

_matcher = lru_cache(maxsize=1024)(parse)


def of_rules(models: Any) -> None:
    """Refuse patterns of rules and archives that are not valid, and match the others."""

    @replacing(models.EventPatternParser, "parse")
    def parsed(parse_pattern: Any, own: Any) -> Any:
        pattern = parse_pattern(own)
        try:
            _matcher(own.pattern or "{}")
        except PatternError as error:
            raise models.InvalidEventPatternException(reason=str(error)) from error
        return pattern

    def matches_event(own: Any, event: Any) -> bool:
        return _matcher(own.dump() or "{}")(json.loads(json.dumps(event)))

    models.EventPattern.matches_event = matches_event


def of_subscriptions(models: Any) -> None:
    """Refuse filter policies that are not valid, and match the others."""

    @replacing(models.SNSBackend, "_validate_filter_policy")
    def validate(check: Any, own: Any, policy: Any, scope: str | None) -> None:
        text = json.dumps(policy)
        try:
            _matcher(text)
        except PatternError as error:
            raise models.SNSInvalidParameter(f"Invalid parameter: FilterPolicy: {error}") from error
        check(own, json.loads(text.replace('{"cidr":', '{"prefix":')), scope)  # moto knows only the latter

    def matches(own: Any, attributes: Mapping[str, Any] | None, message: str) -> bool:
        whole = own.filter_policy_scope == "MessageBody"
        content = json_or(message, None) if whole else {k: _value(one) for k, one in (attributes or {}).items()}
        return _matcher(json.dumps(own.filter_policy))(content)

    @replacing(models.SNSBackend)
    def set_subscription_attributes(put: Any, own: Any, arn: str, name: str, value: Any) -> None:
        put(own, arn, name, str(value).lower() == "true" if name == "RawMessageDelivery" else value)
        subscription = own.subscriptions[arn]
        if subscription._filter_policy_matcher is not None:  # noqa: SLF001  # there is no public way
            scope = subscription.attributes.get("FilterPolicyScope", "MessageAttributes")
            subscription._filter_policy_matcher.filter_policy_scope = scope  # noqa: SLF001  # the same

    models.FilterPolicyMatcher.matches = matches


def _value(attribute: Mapping[str, Any]) -> Any:
    """Return the value of a message's attribute, as a filter policy compares it."""
    value = attribute.get("Value", "")
    if attribute.get("Type") == "String.Array":
        return json_or(value, value)
    if attribute.get("Type") == "Number":
        number = float(value)
        return int(number) if number.is_integer() else number
    return value
