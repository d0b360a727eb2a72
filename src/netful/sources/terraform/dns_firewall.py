"""DNS Firewall of a plan: rules are resources of their own."""

from collections.abc import Mapping

from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Maker, Translation

_RULE = {
    "priority": "Priority",
    "action": "Action",
    "firewall_domain_list_id": "FirewallDomainListId",
    "dns_threat_protection": "DnsThreatProtection",
    "confidence_threshold": "ConfidenceThreshold",
    "block_response": "BlockResponse",
    "block_override_dns_type": "BlockOverrideDnsType",
    "block_override_domain": "BlockOverrideDomain",
    "block_override_ttl": "BlockOverrideTtl",
    "firewall_domain_redirection_action": "FirewallDomainRedirectionAction",
    "q_type": "Qtype",
}


def _rule(making: Translation, resource: Planned) -> None:
    """Add a rule to its group."""
    group = making.holder(making.value(resource, "firewall_rule_group_id"))
    values = {name: making.value(resource, argument) for argument, name in _RULE.items()}
    if group is not None:
        rule = {name: value for name, value in values.items() if value not in (None, "")}
        making.extend(group, "FirewallRules", [rule], resource)


MAKERS: Mapping[str, Maker] = {"aws_route53_resolver_firewall_rule": _rule}
