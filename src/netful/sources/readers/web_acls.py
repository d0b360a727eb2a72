"""Web ACLs, and the resources that their rules refer to: `AWS::WAFv2`."""

from collections.abc import Mapping
from typing import Any

from netful.model.access.web_acl import (
    DEFAULT_BODY_LIMIT,
    FirewallRule,
    IpSet,
    RegexPatternSet,
    RuleGroup,
    WebAcl,
    WebAclAssociation,
)
from netful.model.core import Maybe, Unknown, mapping, whole_number
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader


def web_acls(inventory: Inventory) -> dict[str, WebAcl]:
    """Return the web ACLs."""
    return {
        reader.id: WebAcl(
            id=reader.id,
            name=_name(reader),
            rules=_rules(reader),
            custom_response_bodies=mapping(reader.get("CustomResponseBodies")),
            default_action=_action(reader, "DefaultAction") or {},
            body_limit=_body_limit(reader),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::WAFv2::WebACL")
    }


def rule_groups(inventory: Inventory) -> dict[str, RuleGroup]:
    """Return the rule groups."""
    return {
        reader.id: RuleGroup(
            reader.id, _name(reader), _rules(reader), mapping(reader.get("CustomResponseBodies")), origin=reader.origin
        )
        for reader in inventory.of("AWS::WAFv2::RuleGroup")
    }


def ip_sets(inventory: Inventory) -> dict[str, IpSet]:
    """Return the sets of addresses."""
    found = inventory.of("AWS::WAFv2::IPSet")
    return {reader.id: IpSet(reader.id, reader.known_texts("Addresses"), origin=reader.origin) for reader in found}


def regex_pattern_sets(inventory: Inventory) -> dict[str, RegexPatternSet]:
    """Return the sets of regular expressions; a comma does not separate expressions."""
    return {
        reader.id: RegexPatternSet(reader.id, _expressions(reader), origin=reader.origin)
        for reader in inventory.of("AWS::WAFv2::RegexPatternSet")
    }


def associations(inventory: Inventory) -> dict[str, WebAclAssociation]:
    """Return the associations of web ACLs with the resources that they protect."""
    return {
        reader.id: WebAclAssociation(
            reader.id, reader.required("ResourceArn"), reader.required("WebACLArn"), origin=reader.origin
        )
        for reader in inventory.of("AWS::WAFv2::WebACLAssociation")
    }


def _expressions(reader: Reader) -> tuple[Maybe[str], ...]:
    written = reader.get("RegularExpressionList")
    if isinstance(written, Unknown):
        return (written,)
    items = written if isinstance(written, list) else [written] if written is not None else []
    return tuple(one if isinstance(one, Unknown) else str(one) for one in items)


def _rules(reader: Reader) -> tuple[FirewallRule, ...]:
    return tuple(sorted((_rule(part) for part in reader.parts("Rules")), key=lambda rule: rule.priority))


def _rule(reader: Reader) -> FirewallRule:
    statement = reader.get("Statement")
    labels = (part.text("Name") for part in reader.parts("RuleLabels"))
    return FirewallRule(
        name=str(reader.required("Name")),
        priority=reader.count("Priority", 0),
        statement=statement if isinstance(statement, Mapping | Unknown) else {},
        action=_action(reader, "Action"),
        counts_only="Count" in mapping(reader.get("OverrideAction")),
        labels=tuple(label for label in labels if isinstance(label, str)),
        origin=reader.origin,
    )


def _name(reader: Reader) -> str:
    name = reader.text("Name")
    return name if isinstance(name, str) else reader.id


def _action(reader: Reader, name: str) -> Mapping[str, Any] | Unknown | None:
    value = reader.get(name)
    return value if isinstance(value, Mapping | Unknown) else None


def _body_limit(reader: Reader) -> int:
    """Return the number of bytes of a body that are inspected, such as those of `KB_32`, for the resources of its scope."""
    bodies = reader.part("AssociationConfig").part("RequestBody")
    settings = {kind: bodies.part(kind).text("DefaultSizeInspectionLimit") for kind in ("API_GATEWAY", "CLOUDFRONT")}
    is_global = str(reader.text("Scope")) == "CLOUDFRONT" or ":global/" in reader.id
    kilobytes = whole_number(str(settings["CLOUDFRONT" if is_global else "API_GATEWAY"]).removeprefix("KB_"))
    return DEFAULT_BODY_LIMIT if kilobytes is None else kilobytes * 1024


READERS = (
    PartReader("web_acls", web_acls),
    PartReader("rule_groups", rule_groups),
    PartReader("ip_sets", ip_sets),
    PartReader("regex_pattern_sets", regex_pattern_sets),
    PartReader("web_acl_associations", associations),
)
