"""Route 53 Resolver DNS Firewall: domain lists, rule groups and their associations (spec: newer-aws §2)."""

from enum import StrEnum
from typing import TypeVar

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
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, known_or

Word = TypeVar("Word", bound=StrEnum)
_TRUST = "TRUST_REDIRECTION_DOMAIN"
_DETECTS = ("DnsThreatProtection", "FirewallRuleType")


def domain_lists(inventory: Inventory) -> dict[str, FirewallDomainList]:
    """Return the domain lists; `ManagedOwnerName` is that of described ones."""
    return {
        reader.id: FirewallDomainList(
            id=reader.id,
            domains=_domains(reader),
            name=known_or(reader.text("Name"), ""),
            managed=reader.text("ManagedOwnerName") is not None,
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::Route53Resolver::FirewallDomainList")
    }


def _domains(reader: Reader) -> tuple[Maybe[str], ...] | Unknown:
    file = reader.text("DomainFileUrl")
    if file is not None:
        return Unknown(f"the domains of `{reader.id}` are in a file", (f"the domains of {reader.id}, in {file}",))
    return reader.texts("Domains")


def rule_groups(inventory: Inventory) -> dict[str, FirewallRuleGroup]:
    """Return the rule groups with their rules."""
    return {
        reader.id: FirewallRuleGroup(reader.id, tuple(map(_rule, reader.each("FirewallRules"))), origin=reader.origin)
        for reader in inventory.of("AWS::Route53Resolver::FirewallRuleGroup")
    }


def _rule(reader: Reader | Unknown) -> FirewallRule:
    if isinstance(reader, Unknown):
        return FirewallRule(reader, reader, reader)
    kind = reader.text("Qtype")
    return FirewallRule(
        priority=_priority(reader),
        action=_word(reader, "Action", FirewallAction),
        domain_list_id=reader.text("FirewallDomainListId"),
        detects=next((f"the rules of {name}" for name in _DETECTS if reader.get(name) is not None), ""),
        block_response=_word(reader, "BlockResponse", BlockResponse) if reader.get("BlockResponse") else None,
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


def _word(reader: Reader, name: str, words: type[Word]) -> Maybe[Word]:
    value = reader.required(name)
    if isinstance(value, Unknown):
        return value
    if value in [*words]:
        return words(value)
    return Unknown(f"`{name}: {value}` is not known", (f"what `{name}: {value}` of {reader.id} does",))


def _priority(reader: Reader) -> Maybe[int]:
    priority = reader.number("Priority")
    return priority if priority is not None else Unknown(f"a rule of `{reader.id}` has no `Priority`")


def associations(inventory: Inventory) -> dict[str, FirewallRuleGroupAssociation]:
    """Return the associations of rule groups with VPCs."""
    return {
        reader.id: FirewallRuleGroupAssociation(
            reader.id,
            reader.required("FirewallRuleGroupId"),
            reader.required("VpcId"),
            _priority(reader),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::Route53Resolver::FirewallRuleGroupAssociation")
    }


READERS = (
    PartReader("firewall_domain_lists", domain_lists),
    PartReader("firewall_rule_groups", rule_groups),
    PartReader("firewall_rule_group_associations", associations),
)
