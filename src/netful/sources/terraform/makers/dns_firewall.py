"""DNS Firewall of a plan: rules are resources of their own."""

from collections.abc import Mapping

from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Maker, Translation

_RULE = (
    "priority action firewall_domain_list_id dns_threat_protection confidence_threshold block_response "
    "block_override_dns_type block_override_domain block_override_ttl firewall_domain_redirection_action"
)


def _rule(making: Translation, resource: Planned) -> None:
    """Add a rule to its group."""
    group = making.holder(making.value(resource, "firewall_rule_group_id"))
    rule = making.named(resource, _RULE, {"q_type": "Qtype"})
    if group is not None:
        making.extend(group, "FirewallRules", [rule], resource)


MAKERS: Mapping[str, Maker] = {"aws_route53_resolver_firewall_rule": _rule}
