"""Hosted zones, resolvers, DNS Firewall, Profiles, DHCP options and distributions, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen
from netful.model.names.distributions import Distribution, VpcOrigin
from netful.model.names.dns_firewall import FirewallDomainList, FirewallRuleGroup, FirewallRuleGroupAssociation
from netful.model.names.hosted_zones import HostedZone
from netful.model.names.profiles import Profile
from netful.model.names.resolver import DhcpOptions, ResolverEndpoint, ResolverRule


class Names(Frozen, dict=True):
    """Hosted zones, resolvers, DNS Firewall, Profiles, DHCP options and distributions, by id."""

    hosted_zones: Mapping[str, HostedZone] = field(default_factory=dict)
    resolver_endpoints: Mapping[str, ResolverEndpoint] = field(default_factory=dict)
    resolver_rules: Mapping[str, ResolverRule] = field(default_factory=dict)
    dhcp_options: Mapping[str, DhcpOptions] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    firewall_domain_lists: Mapping[str, FirewallDomainList] = field(default_factory=dict)
    firewall_rule_groups: Mapping[str, FirewallRuleGroup] = field(default_factory=dict)
    firewall_rule_group_associations: Mapping[str, FirewallRuleGroupAssociation] = field(default_factory=dict)
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    vpc_origins: Mapping[str, VpcOrigin] = field(default_factory=dict)
