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
from netful.sources.parts import of_each
from netful.sources.template.reading import Reader


def _web_acl(reader: Reader) -> WebAcl:
    return WebAcl(
        id=reader.id,
        name=_name(reader),
        rules=_rules(reader),
        custom_response_bodies=mapping(reader.get("CustomResponseBodies")),
        default_action=_action(reader, "DefaultAction") or {},
        body_limit=_body_limit(reader),
        origin=reader.origin,
    )


def _rule_group(reader: Reader) -> RuleGroup:
    bodies = mapping(reader.get("CustomResponseBodies"))
    return RuleGroup(reader.id, _name(reader), _rules(reader), bodies, origin=reader.origin)


def _ip_set(reader: Reader) -> IpSet:
    return IpSet(reader.id, reader.known_texts("Addresses"), origin=reader.origin)


def _regex_pattern_set(reader: Reader) -> RegexPatternSet:
    return RegexPatternSet(reader.id, _expressions(reader), origin=reader.origin)


def _association(reader: Reader) -> WebAclAssociation:
    return WebAclAssociation(
        reader.id, reader.required("ResourceArn"), reader.required("WebACLArn"), origin=reader.origin
    )


def _expressions(reader: Reader) -> tuple[Maybe[str], ...]:
    """Return regular expressions, which a comma does not separate."""
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
    of_each("web_acls", _web_acl, "AWS::WAFv2::WebACL"),
    of_each("rule_groups", _rule_group, "AWS::WAFv2::RuleGroup"),
    of_each("ip_sets", _ip_set, "AWS::WAFv2::IPSet"),
    of_each("regex_pattern_sets", _regex_pattern_set, "AWS::WAFv2::RegexPatternSet"),
    of_each("web_acl_associations", _association, "AWS::WAFv2::WebACLAssociation"),
)
