"""NF725: something in a VPC that enforces encryption, which AWS refuses there (newer-aws §10.3).

A VPC encryption control in `enforce` mode refuses gateways, peerings, functions and mount targets that it does not
exclude, transit gateways without encryption support, and in any case Gateway Load Balancers, network firewalls and TLS
listeners of network load balancers. The deployment fails.

Instead: Exclude what must stay, or let the control `monitor` first: flow logs then show what is not encrypted.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.network.encryption_control import is_encrypted, kind_of
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Origin
from netful.model.network.encryption_control import Exclusion, VpcEncryptionControl
from netful.model.network.vpc_endpoints import EndpointType

_WITHOUT = "remove it, or let the control `monitor`"
_Thing = tuple[str, Origin, Exclusion | None]
"""A name, its place, and what excludes it; None if nothing does."""


@Rule.of("AWS refuses it in a VPC that enforces encryption", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for control in facts.cloud.network.encryption_controls.values():
        if control.enforces and isinstance(control.vpc_id, str):
            for name, origin, what in dict.fromkeys(_things(facts.cloud, control, control.vpc_id)):
                if what is None or control.refuses(what):
                    text = f"AWS refuses `{name}` in `{control.vpc_id}`, where `{control.id}` enforces encryption"
                    hint = f"set `{control.exclusion_property(what)}: enable`" if what else _WITHOUT
                    yield Problem(name, origin, text, hint, cause=control.id)


def _things(cloud: Cloud, control: VpcEncryptionControl, vpc_id: str) -> Iterator[_Thing]:
    network = cloud.network
    gateways = (
        (network.internet_gateways, Exclusion.INTERNET_GATEWAY),
        (network.egress_only_internet_gateways, Exclusion.EGRESS_ONLY_INTERNET_GATEWAY),
        (network.vpn_gateways, Exclusion.VPN_GATEWAY),
    )
    for group, what in gateways:
        yield from ((one.id, one.origin, what) for one in group.values() if one.vpc_id == vpc_id)
    for nat in network.nat_gateways.values():
        vpc = network.vpc_of(nat.subnet_id) if isinstance(nat.subnet_id, str) else None
        if vpc_id == (vpc.id if vpc is not None else nat.vpc_id):
            yield nat.id, nat.origin, Exclusion.NAT_GATEWAY
    for peering in network.vpc_peering_connections.values():
        if vpc_id in (peering.vpc_id, peering.peer_vpc_id) and not is_encrypted(cloud, peering):
            yield peering.id, peering.origin, Exclusion.PEERING
    for eni in network.network_interfaces.values():
        vpc = network.vpc_of_interface(eni)
        excluded = kind_of(cloud, eni) if vpc is not None and vpc.id == vpc_id else None
        if excluded is Exclusion.LAMBDA:
            yield from ((function, control.origin, excluded) for function in eni.function_ids)
        elif excluded is not None:
            yield eni.owner_id, eni.origin, excluded
    yield from _unsupported(cloud, vpc_id)


def _unsupported(cloud: Cloud, vpc_id: str) -> Iterator[_Thing]:
    """Yield what no exclusion admits: unencrypted transit gateways, appliances, firewalls, and TLS listeners of NLBs."""
    for attachment in cloud.network.transit_gateway_attachments.values():
        gateway = cloud.network.transit_gateways.get(str(attachment.transit_gateway_id))
        if attachment.resource_id == vpc_id and gateway is not None and not gateway.encryption_support:
            yield attachment.id, attachment.origin, None
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.vpc_id == vpc_id and endpoint.type is EndpointType.OTHER:
            yield endpoint.firewall_id or endpoint.id, endpoint.origin, None
    for listener in cloud.balancing.listeners.values():
        balancer = cloud.balancing.load_balancers.get(str(listener.load_balancer_id))
        is_network = balancer is not None and balancer.type is LoadBalancerType.NETWORK and balancer.vpc_id == vpc_id
        if is_network and listener.protocol == "TLS":
            yield listener.id, listener.origin, None
