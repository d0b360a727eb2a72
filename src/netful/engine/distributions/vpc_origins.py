"""Ends of VPC origins: the interfaces that CloudFront calls from, and the addresses that it calls (newer-aws §12)."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import End, Flow
from netful.engine.load_balancers.load_balancer_names import serving
from netful.engine.network import block_public_access
from netful.engine.network.packet import OUTSIDE, Journey, Packet
from netful.engine.network.route_targets.internet_gateways import unattached
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.names.distributions import VpcOrigin
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import TCP


class VpcOriginEnd(Frozen):
    """A way to a VPC origin: CloudFront's interface, and an address of the origin."""

    interface: NetworkInterface
    address: IPv4Address


def callers(cloud: Cloud, origin: VpcOrigin) -> tuple[NetworkInterface, ...]:
    """Return the interfaces of CloudFront for a VPC origin."""
    return tuple(cloud.network.interfaces_of(origin.id))


def targets(cloud: Cloud, origin: VpcOrigin, port: int) -> tuple[NetworkInterface, ...]:
    """Return the interfaces of the load balancer or instance that serve a port."""
    found = tuple(cloud.network.interfaces_of(origin.arn)) if isinstance(origin.arn, str) else ()
    return serving(cloud, found, port) if found else ()


def ends(cloud: Cloud, origin: VpcOrigin, port: int) -> Iterator[VpcOriginEnd]:
    """Yield the ways to an origin, those within one subnet first."""
    pairs = [(one, other) for one in callers(cloud, origin) for other in targets(cloud, origin, port)]
    for caller, target in sorted(pairs, key=lambda pair: pair[0].subnet_id != pair[1].subnet_id):
        if target.private_ip_address is not None:
            yield VpcOriginEnd(caller, target.private_ip_address)


def refusals(cloud: Cloud, caller: NetworkInterface, flow: Flow) -> Iterator[Finding]:
    """Yield the findings on the VPC of a VPC origin: CloudFront needs an internet gateway there, which may be blocked.

    No route needs to lead to the gateway.
    """
    vpc = cloud.network.vpc_of_interface(caller)
    if vpc is not None and cloud.network.internet_gateway_of(vpc.id) is None:
        rule = f"{vpc.id} has no internet gateway attached, which a VPC origin needs"
        yield unattached(cloud, flow, vpc, rule)
    else:
        yield from block_public_access.at_interface(cloud, Packet(OUTSIDE, flow, Journey()), caller)


def is_cut_off(cloud: Cloud, caller: NetworkInterface) -> bool:
    """Return whether an interface of CloudFront carries nothing, whatever the groups of the origin admit."""
    flow = Flow(TCP, End(None), End(None))
    return any(finding.ruling.verdict == "deny" for finding in refusals(cloud, caller, flow))
