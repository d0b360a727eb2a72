"""Hosted zones, resolvers and DHCP options, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netful.model.names.hosted_zones import HostedZone
from netful.model.names.resolver import DhcpOptions, ResolverEndpoint, ResolverRule


@dataclass(frozen=True)
class Names:
    """Hosted zones, resolvers and DHCP options, by id.

    Mappings keep the order of the sources. Not slotted: indexes are computed once and kept.
    """

    hosted_zones: Mapping[str, HostedZone] = field(default_factory=dict)
    resolver_endpoints: Mapping[str, ResolverEndpoint] = field(default_factory=dict)
    resolver_rules: Mapping[str, ResolverRule] = field(default_factory=dict)
    dhcp_options: Mapping[str, DhcpOptions] = field(default_factory=dict)
