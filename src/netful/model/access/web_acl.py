"""AWS WAF's web ACLs, as in its API (`AWS::WAFv2`): rules by priority, and the resources that rules refer to.

Statements and actions keep the shape of AWS's own JSON, as policies do.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from netful.model.core import Identified, Maybe, Placed, Unknown

DEFAULT_BODY_LIMIT = 16 * 1024


class FirewallRule(Placed):
    """A rule. `action` is applied to a request that its statement matches; a rule that refers to a group has none.

    `counts_only`: matches of the referenced group are only counted.
    """

    name: str
    priority: int
    statement: Mapping[str, Any] | Unknown
    action: Mapping[str, Any] | Unknown | None = None
    counts_only: bool = False
    labels: tuple[str, ...] = ()


class RuleGroup(Identified):
    """A rule group. `custom_response_bodies` are by the keys that its actions name."""

    name: str
    rules: tuple[FirewallRule, ...] = ()
    custom_response_bodies: Mapping[str, Any] = field(default_factory=dict)


class WebAcl(Identified):
    """A web ACL. `body_limit` is the part of a body that API Gateway passes to it, or CloudFront to one of that scope."""

    name: str
    rules: tuple[FirewallRule, ...] = ()
    custom_response_bodies: Mapping[str, Any] = field(default_factory=dict)
    default_action: Mapping[str, Any] | Unknown = field(default_factory=dict)
    body_limit: int = DEFAULT_BODY_LIMIT


class IpSet(Identified):
    """Blocks of addresses."""

    addresses: tuple[Maybe[str], ...] = ()


class RegexPatternSet(Identified):
    """Regular expressions; one of them must match."""

    regular_expressions: tuple[Maybe[str], ...] = ()


class WebAclAssociation(Identified):
    """The association of a web ACL with the resource that it protects."""

    resource_arn: Maybe[str]
    web_acl_arn: Maybe[str]
