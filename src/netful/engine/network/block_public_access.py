"""VPC Block Public Access: traffic that internet gateways may carry in an account's Region, by kind of gateway (newer-aws §1).

| mode | public addresses at an internet gateway, both ways | outward by a NAT or egress-only gateway |
|---|---|---|
| off | yes | yes |
| block-ingress | where `allow-bidirectional` excludes | yes |
| block-bidirectional | where `allow-bidirectional` excludes | where either exclusion does |

The relevant subnet is that of the interface with the public address, of the NAT gateway, or (for an egress-only gateway) of
the sender; behind appliances, that of the packet's original sender. An exclusion names the subnet or its VPC.
"""

from collections.abc import Iterator

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import needs
from netful.engine.network.packet import Packet
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.network.block_public_access import BlockMode, ExclusionMode, VpcBlockPublicAccessExclusion
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Vpc


def at_interface(cloud: Cloud, packet: Packet, interface: NetworkInterface) -> tuple[Finding, ...]:
    """Judge traffic that an internet gateway carries from or to an interface."""
    outward = interface.owner is InterfaceOwner.NAT_GATEWAY
    return at_subnet(cloud, packet, cloud.network.vpc_of_interface(interface), interface.subnet_id, outward=outward)


def at_subnet(
    cloud: Cloud, packet: Packet, vpc: Vpc | None, subnet_id: Maybe[str] | None, *, outward: bool
) -> tuple[Finding, ...]:
    """Judge traffic of a subnet (None: of a whole VPC); `outward`: by a NAT or egress-only gateway. Empty if no mode is set."""
    options = cloud.network.block_public_access_of(vpc) if vpc is not None else None
    if vpc is None or options is None or options.internet_gateway_block_mode is BlockMode.OFF or packet.returning:
        return ()
    kind, flow, mode = HopKind.BPA, packet.flow, options.internet_gateway_block_mode
    if isinstance(mode, Unknown):
        return (unknown(kind, flow, options.id, "its mode is not known", needs(mode, ""), options.origin),)
    if outward and mode is BlockMode.INGRESS:
        return (allowed(kind, flow, options, f"{mode} leaves NAT and egress-only gateways alone"),)
    sufficient = (ExclusionMode.BIDIRECTIONAL, *((ExclusionMode.EGRESS,) if outward else ()))
    exclusions = [*_exclusions(cloud, vpc, subnet_id)]
    excluding = next((one for one in exclusions if one.internet_gateway_exclusion_mode in sufficient), None)
    place = subnet_id if isinstance(subnet_id, str) else vpc.id
    if excluding is not None:
        return (allowed(kind, flow, excluding, f"{mode}, from which {place} is excluded"),)
    missing = [need for one in _doubtful(cloud, exclusions) for need in one]
    if missing:
        rule = f"{mode}, from which {place} may be excluded"
        return (unknown(kind, flow, options.id, rule, tuple(missing), options.origin),)
    remedy = f"exclude `{place}` or its VPC from `{options.id}` by `{sufficient[-1]}`"
    rule = f"{mode}, and nothing excludes {place}"
    code = Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED
    return (denied(kind, flow, options, rule, code, remedy),)


def _exclusions(cloud: Cloud, vpc: Vpc, subnet_id: Maybe[str] | None) -> Iterator[VpcBlockPublicAccessExclusion]:
    for one in cloud.network.block_public_access_exclusions.values():
        if one.vpc_id == vpc.id or (one.subnet_id is not None and one.subnet_id == subnet_id):
            yield one


def _doubtful(cloud: Cloud, own: list[VpcBlockPublicAccessExclusion]) -> Iterator[tuple[str, ...]]:
    """Yield the missing input that would settle if another exclusion applies."""
    for one in own:
        if isinstance(one.internet_gateway_exclusion_mode, Unknown):
            yield needs(one.internet_gateway_exclusion_mode, "")
    for one in cloud.network.block_public_access_exclusions.values():
        for place in (one.vpc_id, one.subnet_id):
            if isinstance(place, Unknown):
                yield needs(place, "")
