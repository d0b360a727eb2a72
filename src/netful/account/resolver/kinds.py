"""Kinds of things of Route 53 Resolver, and the members that all records have."""

from typing import Any

from netful.account.records.view import Kind, View, plain
from netful.account.wire.errors import ApiError
from netful.model.core import Resource

SERVICE = "route53resolver"
_TYPE, _ARN = "AWS::Route53Resolver::", "route53resolver:{r}:{a}:"


def _kind(type_: str, member: str, noun: str, arn: str = "") -> Kind:
    return Kind(f"{_TYPE}{type_}", member, noun, f"{_ARN}{arn}" if arn else "")


ENDPOINT = _kind("ResolverEndpoint", "ResolverEndpoint", "Resolver endpoint", "resolver-endpoint")
RULE = _kind("ResolverRule", "ResolverRule", "Resolver rule", "resolver-rule")
RULE_ASSOCIATION = _kind("ResolverRuleAssociation", "ResolverRuleAssociation", "Resolver rule association")
DOMAINS = _kind("FirewallDomainList", "FirewallDomainList", "Firewall domain list", "firewall-domain-list")
GROUP = _kind("FirewallRuleGroup", "FirewallRuleGroup", "Firewall rule group", "firewall-rule-group")
GROUP_ASSOCIATION = _kind("FirewallRuleGroupAssociation", "FirewallRuleGroupAssociation",
                          "Firewall rule group association", "firewall-rule-group-association")  # fmt: skip
LOGGING = _kind("ResolverQueryLoggingConfig", "ResolverQueryLogConfig", "Resolver query log config",
                "resolver-query-log-config")  # fmt: skip
LOGGING_ASSOCIATION = _kind("ResolverQueryLoggingConfigAssociation", "ResolverQueryLogConfigAssociation",
                            "Resolver query log config association")  # fmt: skip
KINDS = (ENDPOINT, RULE, RULE_ASSOCIATION, DOMAINS, GROUP, GROUP_ASSOCIATION, LOGGING, LOGGING_ASSOCIATION)


def head(view: View, kind: Kind, resource: Resource) -> dict[str, Any]:
    """Return the members that the records of all kinds have."""
    time = view.time(resource)
    return {
        "Id": view.id(resource),
        **({"Arn": view.arn(kind, resource)} if kind.arn else {}),
        **({"Name": plain(resource, "Name")} if plain(resource, "Name") else {}),
        "CreatorRequestId": plain(resource, "CreatorRequestId") or view.id(resource),
        "CreationTime": time,
        "ModificationTime": time,
    }


def vpc(view: View, asked: object, code: str = "InvalidParameterException") -> str:
    """Return the name in the cloud of a VPC. Raises ApiError with a code for an unknown one."""
    name = view.name(asked)
    if name not in view.cloud.network.vpcs:
        raise ApiError(code, f"The vpc ID '{asked}' does not exist")
    return name
