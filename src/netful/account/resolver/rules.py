"""Resolver rules and their VPCs: they forward the queries for a domain, or keep them with the VPC's own resolver."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, get, listing
from netful.account.records.nouns import Noun
from netful.account.records.view import View, plain
from netful.account.resolver.kinds import ENDPOINT, RULE, RULE_ASSOCIATION, SERVICE, head, vpc
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource
from netful.model.names.arns import aws_arn
from netful.model.names.resolver import DELEGATE, Direction

_SYSTEM = "rslvr-autodefined-rr-internet-resolver"
"""The rule of every account by which the resolver asks public DNS."""

_TARGET = {"Port": 53, "Protocol": "Do53"}


def rule(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a rule."""
    targets = [{**_TARGET, **one} for one in plain(resource, "TargetIps") or ()]
    endpoint = plain(resource, "ResolverEndpointId")
    return {
        **head(view, RULE, resource),
        **_subject(resource),
        "Status": "COMPLETE",
        "StatusMessage": "[Trace id: netful] Successfully created Resolver Rule.",
        "RuleType": plain(resource, "RuleType") or "FORWARD",
        **({"TargetIps": targets} if targets else {}),
        **({"ResolverEndpointId": view.cloud.aws_id(str(endpoint))} if endpoint else {}),
        "OwnerId": view.cloud.account_id,
        "ShareStatus": "NOT_SHARED",
    }


def _subject(resource: Resource) -> dict[str, str]:
    """Return the domain of a rule, or the record of delegations that it is for."""
    record = plain(resource, "DelegationRecord")
    return {"DelegationRecord": str(record)} if record else {"DomainName": _dotted(plain(resource, "DomainName"))}


def _dotted(domain: object) -> str:
    return str(domain or "").lower().rstrip(".") + "."


_ASSOCIATED = "Please disassociate this resolver rule from VPC first before deleting"
_APART = "Resolver Rule Association between Resolver Rule '{}' and VPC '{}' does not exist"
_RULES = Noun(SERVICE, RULE, rule)


def _rules(view: View) -> Iterator[Record]:
    yield _system_rule(view)
    yield from (rule(view, one) for one in view.of_kind(RULE))


def _system_rule(view: View) -> Record:
    return {
        "Id": _SYSTEM, "CreatorRequestId": "", "DomainName": ".", "Status": "COMPLETE", "RuleType": "RECURSIVE",
        "Arn": aws_arn("route53resolver", view.cloud.region, "", f"autodefined-rule/{_SYSTEM}"),
        "Name": "Internet Resolver", "OwnerId": "Route 53 Resolver", "ShareStatus": "NOT_SHARED",
    }  # fmt: skip


def _get(view: View, asked: Parameters) -> Record:
    return {RULE.member: _system_rule(view)} if asked["ResolverRuleId"] == _SYSTEM else get(RULE, rule)(view, asked)


def association(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an association of a rule with a VPC."""
    return {
        "Id": view.id(resource),
        "ResolverRuleId": view.cloud.aws_id(str(plain(resource, "ResolverRuleId"))),
        "Name": plain(resource, "Name"),
        "VPCId": view.cloud.aws_id(str(plain(resource, "VPCId"))),
        "Status": "COMPLETE",
        "StatusMessage": "",
    }


_ASSOCIATIONS = Noun(SERVICE, RULE_ASSOCIATION, association)


def _associations(view: View) -> Iterator[Record]:
    for name in view.cloud.network.vpcs:
        id_ = view.cloud.aws_id(name)
        yield {
            "Id": f"rslvr-autodefined-assoc-{id_}-internet-resolver", "ResolverRuleId": _SYSTEM,
            "Name": "System Rule Association", "VPCId": id_, "Status": "COMPLETE", "StatusMessage": "",
        }  # fmt: skip
    yield from (association(view, one) for one in view.of_kind(RULE_ASSOCIATION))


def _create(view: View, asked: Parameters) -> Change[View]:
    """CreateResolverRule: one that forwards has servers, and an outbound endpoint."""
    kind, targets, endpoint = asked["RuleType"], asked.get("TargetIps"), asked.get("ResolverEndpointId")
    if kind not in ("FORWARD", "SYSTEM", DELEGATE):
        raise ApiError("InvalidRequestException", f"Rules of type {kind} cannot be created here")
    if kind == "SYSTEM" and (targets or endpoint):
        text = "Cannot specify resolver endpoint ID and target IP for SYSTEM type resolver rule"
        raise ApiError("InvalidRequestException", text)
    if kind == "FORWARD" and not (targets and endpoint):
        text = "Resolver endpoint ID and target IPs are required for FORWARD type resolver rule"
        raise ApiError("InvalidRequestException", text)
    if kind == DELEGATE and (targets or not (endpoint and asked.get("DelegationRecord"))):
        text = "A DELEGATE type resolver rule has a resolver endpoint ID and a delegation record, and no target IPs"
        raise ApiError("InvalidRequestException", text)
    if kind != DELEGATE and not asked.get("DomainName"):
        raise ApiError("InvalidParameterException", "A domain name is required")
    own = {
        "RuleType": kind,
        "DomainName": _dotted(asked["DomainName"]) if asked.get("DomainName") else None,
        "DelegationRecord": asked.get("DelegationRecord"),
        "TargetIps": _targets(targets) if targets else None,
        "ResolverEndpointId": _outbound(view, endpoint) if endpoint else None,
    }
    return _RULES.added(view, asked, own)


def _targets(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    for one in asked:
        try:
            IPv4Address(one.get("Ip") or "")
        except ValueError:
            raise ApiError("InvalidParameterException", f"Only IPv4 addresses may be used: '{one.get('Ip')}'") from None
    return [{**_TARGET, **one} for one in asked]


def _outbound(view: View, asked: str) -> str:
    endpoint = view.found(ENDPOINT, asked)
    if endpoint.properties.get("Direction") != Direction.OUTBOUND:
        text = f"Resolver endpoint '{asked}' is not an outbound one: rules cannot forward through it"
        raise ApiError("InvalidRequestException", text)
    return view.id(endpoint)


def _update(view: View, asked: Parameters) -> Change[View]:
    resource, config = _RULES.found(view, asked), asked["Config"]
    given: dict[str, Any] = {"Name": config["Name"]} if "Name" in config else {}
    if config.get("TargetIps"):
        given["TargetIps"] = _targets(config["TargetIps"])
    if config.get("ResolverEndpointId"):
        given["ResolverEndpointId"] = _outbound(view, config["ResolverEndpointId"])
    return _RULES.changed(resource, **given)


def _associate(view: View, asked: Parameters) -> Change[View]:
    """AssociateResolverRule: a VPC has one rule for a domain."""
    resource, place = _RULES.found(view, asked), vpc(view, asked["VPCId"])
    domain = _dotted(plain(resource, "DomainName"))
    for other in view.cloud.names.resolver_rules.values():
        if place in other.vpc_ids and _dotted(other.domain_name) == domain:
            text = (
                "Cannot associate rules with same domain name with same VPC. Conflict with resolver rule "
                f"'{view.cloud.aws_id(other.id)}'"
            )
            raise ApiError("InvalidRequestException", text)
    own = {"ResolverRuleId": view.id(resource), "VPCId": view.cloud.aws_id(place)}
    return _ASSOCIATIONS.added(view, asked, own)


LOOKS: Mapping[str, Look] = {
    **_ASSOCIATIONS.looks(),
    "GetResolverRule": _get,
    "ListResolverRules": listing(SERVICE, "ListResolverRules", _rules),
    "ListResolverRuleAssociations": listing(SERVICE, "ListResolverRuleAssociations", _associations),
}
WRITES: Mapping[str, Write[View]] = {
    "CreateResolverRule": _create,
    "UpdateResolverRule": _update,
    "DeleteResolverRule": _RULES.delete("ResourceInUseException", _ASSOCIATED, RULE_ASSOCIATION),
    "AssociateResolverRule": _associate,
    "DisassociateResolverRule": _ASSOCIATIONS.disassociate(_RULES, "VPCId", _APART),
}
