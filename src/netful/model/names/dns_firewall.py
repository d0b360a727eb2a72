"""Route 53 Resolver DNS Firewall: domain lists, rule groups and their associations with VPCs (spec: newer-aws §2)."""

from enum import StrEnum

from netful.model.core import Identified, Maybe, Placed, Unknown

QUERY_TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "NAPTR": 35, "DS": 43,
    "SPF": 99, "CAA": 257,
}  # fmt: skip
"""The types of queries that rules name, with their numbers; all others are named by number, such as `TYPE65`."""

_NAMES = {number: name for name, number in QUERY_TYPES.items()}


def query_type_name(number: int) -> str:
    """Return the name of a type of queries in rules."""
    return _NAMES.get(number, f"TYPE{number}")


class FirewallAction(StrEnum):
    """Action of a rule on the queries that it matches; each of them ends the walk over the rules."""

    ALLOW = "ALLOW"
    BLOCK = "BLOCK"
    ALERT = "ALERT"


class BlockResponse(StrEnum):
    """The response to a blocked query: no data, no such name, or a CNAME record of the rule."""

    NODATA = "NODATA"
    NXDOMAIN = "NXDOMAIN"
    OVERRIDE = "OVERRIDE"


class FirewallDomainList(Identified):
    """A list of domains: `example.com` is that name alone, `*.example.com` every name below it.

    The contents of a list that AWS manages, or that is imported from a file, are unknown.
    """

    domains: tuple[Maybe[str], ...] | Unknown
    name: str = ""
    managed: bool = False


class FirewallRule(Placed):
    """A rule of a group. Its subject is a domain list, or what AWS detects itself (`detects`, such as `DGA`).

    `query_type` is None for all types. `trusts_redirection`: a CNAME chain that begins with a matched name passes as a whole.
    """

    priority: Maybe[int]
    action: Maybe[FirewallAction]
    domain_list_id: Maybe[str] | None = None
    detects: str = ""
    block_response: Maybe[BlockResponse] | None = None
    override_domain: Maybe[str] | None = None
    override_ttl: int = 0
    query_type: Maybe[str] | None = None
    trusts_redirection: bool = False


class FirewallRuleGroup(Identified):
    """A group of rules, judged by ascending priority."""

    rules: tuple[FirewallRule, ...] = ()


class FirewallRuleGroupAssociation(Identified):
    """The association of a group with a VPC; groups are judged by ascending priority."""

    rule_group_id: Maybe[str]
    vpc_id: Maybe[str]
    priority: Maybe[int]
