"""Route 53 Resolver DNS Firewall: domain lists, rule groups and their associations (spec: newer-aws §2)."""

from netful.model.core import Maybe, Unknown
from netful.model.names.dns_firewall import (
    BlockResponse,
    FirewallAction,
    FirewallDomainList,
    FirewallRule,
    FirewallRuleGroup,
    FirewallRuleGroupAssociation,
    query_type_name,
)
from netful.sources.parts import of_each
from netful.sources.template.reading import Reader, either, known_or, word

_TRUST = "TRUST_REDIRECTION_DOMAIN"
_DETECTS = ("DnsThreatProtection", "FirewallRuleType")


def _domain_list(reader: Reader) -> FirewallDomainList:
    """Return a domain list; `ManagedOwnerName` is that of a described one."""
    return FirewallDomainList(
        id=reader.id,
        domains=_domains(reader),
        name=known_or(reader.text("Name"), ""),
        managed=reader.text("ManagedOwnerName") is not None,
        origin=reader.origin,
    )


def _domains(reader: Reader) -> tuple[Maybe[str], ...] | Unknown:
    file = reader.text("DomainFileUrl")
    if file is not None:
        return Unknown(f"the domains of `{reader.id}` are in a file", (f"the domains of {reader.id}, in {file}",))
    return reader.texts("Domains")


def _rule_group(reader: Reader) -> FirewallRuleGroup:
    return FirewallRuleGroup(reader.id, tuple(map(_rule, reader.each("FirewallRules"))), origin=reader.origin)


def _rule(reader: Reader | Unknown) -> FirewallRule:
    if isinstance(reader, Unknown):
        return FirewallRule(reader, reader, reader)
    kind = reader.text("Qtype")
    return FirewallRule(
        priority=_priority(reader),
        action=word(reader, "Action", FirewallAction),
        domain_list_id=reader.text("FirewallDomainListId"),
        detects=next((f"the rules of {name}" for name in _DETECTS if reader.get(name) is not None), ""),
        block_response=word(reader, "BlockResponse", BlockResponse) if reader.get("BlockResponse") else None,
        override_domain=reader.text("BlockOverrideDomain"),
        override_ttl=reader.count("BlockOverrideTtl", 0),
        query_type=_query_type(kind) if isinstance(kind, str) else kind,
        trusts_redirection=reader.text("FirewallDomainRedirectionAction") == _TRUST,
        origin=reader.origin,
    )


def _query_type(written: str) -> str:
    """Return a type by its name, also where it is written by its number."""
    number = written.removeprefix("TYPE")
    return query_type_name(int(number)) if number.isdigit() else written


def _priority(reader: Reader) -> Maybe[int]:
    return either(reader.number("Priority"), Unknown(f"a rule of `{reader.id}` has no `Priority`"))


def _association(reader: Reader) -> FirewallRuleGroupAssociation:
    group_id, vpc_id = reader.required("FirewallRuleGroupId"), reader.required("VpcId")
    return FirewallRuleGroupAssociation(reader.id, group_id, vpc_id, _priority(reader), origin=reader.origin)


READERS = (
    of_each("firewall_domain_lists", _domain_list, "AWS::Route53Resolver::FirewallDomainList"),
    of_each("firewall_rule_groups", _rule_group, "AWS::Route53Resolver::FirewallRuleGroup"),
    of_each("firewall_rule_group_associations", _association, "AWS::Route53Resolver::FirewallRuleGroupAssociation"),
)
