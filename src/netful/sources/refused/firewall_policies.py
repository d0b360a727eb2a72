"""Policies of AWS Network Firewall that AWS refuses, for the order in which their stateful rules are evaluated.

All stateful rule groups of a policy have its own order. Priorities and default actions exist in strict order alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import at, mappings, texts, whole_number
from netful.sources.readers.network_firewalls import MANAGED, POLICY, RULE_GROUP, STRICT

_USUAL = "DEFAULT_ACTION_ORDER"
_ENDINGS = {"StrictOrder": STRICT, "ActionOrder": _USUAL}
"""The orders of the groups that AWS manages, by the ends of their names."""


def orders(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield policies with a group of another order, and those in default order with what only strict order has."""
    for policy in cloud.template.of_type(POLICY):
        body = policy.properties.get("FirewallPolicy")
        own, references = _order(body, "StatefulEngineOptions"), mappings(at(body, "StatefulRuleGroupReferences"))
        groups = [(str(one.get("ResourceArn")), _order_of_group(cloud, one)) for one in references]
        for arn, order in groups:
            if own and order and own != order:
                yield policy.id, f"its rules are in {own}, and those of `{cloud.named(arn)}` in {order}"
        if own == _USUAL and texts(at(body, "StatefulDefaultActions")):
            yield policy.id, f"it has `StatefulDefaultActions`, and its rules are in {own}"
        if own == _USUAL and any(whole_number(one.get("Priority")) is not None for one in references):
            yield policy.id, f"its stateful rule groups have priorities, and its rules are in {own}"


def _order_of_group(cloud: Cloud, reference: Mapping[str, Any]) -> str:
    """Return the order of a stateful group; "" if it is not known."""
    arn = str(reference.get("ResourceArn"))
    if MANAGED in arn:
        return next((order for ending, order in _ENDINGS.items() if arn.endswith(ending)), "")
    group = cloud.template.resources.get(cloud.named(arn))
    is_stateful = group is not None and (group.type, group.properties.get("Type")) == (RULE_GROUP, "STATEFUL")
    return _order(group.properties.get("RuleGroup"), "StatefulRuleOptions") if group and is_stateful else ""


def _order(body: Any, options: str) -> str:
    """Return the order in the options of a policy or a group; "" if it is not known."""
    held = body.get(options) if isinstance(body, Mapping) else body
    written = held.get("RuleOrder") if isinstance(held, Mapping) else held
    return _USUAL if written is None else written if isinstance(written, str) else ""
