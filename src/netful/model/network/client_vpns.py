"""Client VPN endpoints: what their clients may reach."""

from netful.model.core import Identified, Maybe
from netful.model.network.vpc import IPNetwork


class ClientVpnAuthorizationRule(Identified):
    """A rule that lets clients reach a network: all of them, or those of one group."""

    target_network_cidr: Maybe[IPNetwork]
    authorize_all_groups: bool


class ClientVpnEndpoint(Identified):
    """An endpoint with its rules, and the destinations of its own routes; each association adds one to the VPC."""

    rules: tuple[ClientVpnAuthorizationRule, ...] = ()
    routes: tuple[Maybe[IPNetwork], ...] = ()
