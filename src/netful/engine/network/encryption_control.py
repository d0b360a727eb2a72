"""VPC encryption controls on a path: in `enforce` mode AWS refuses what is not encrypted in the VPC (newer-aws §10.3).

| refused in an enforcing VPC | unless |
|---|---|
| internet, NAT, egress-only and virtual private gateways, interfaces of functions, mount targets of EFS | the control excludes them |
| peerings | the control excludes them, or both VPCs enforce and are in the same Region |
| attachments of a transit gateway | the gateway has `EncryptionSupport` |

Such a thing does not exist on AWS, so nothing passes it, there or back.
"""

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import needs
from netful.engine.network.packet import Packet
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.encryption_control import Exclusion, VpcEncryptionControl
from netful.model.network.gateways import VpcPeeringConnection
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import Vpc

_GATEWAYS = {
    TargetKind.INTERNET_GATEWAY: Exclusion.INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: Exclusion.EGRESS_ONLY_INTERNET_GATEWAY,
    TargetKind.NAT_GATEWAY: Exclusion.NAT_GATEWAY,
    TargetKind.VPN_GATEWAY: Exclusion.VPN_GATEWAY,
}


def at_route(cloud: Cloud, packet: Packet, route: Route) -> tuple[Finding, ...]:
    """Judge the target of a route that a packet takes."""
    vpc, target = cloud.network.vpc_of_interface(packet.sender), str(route.target_id)
    if route.target_kind is TargetKind.PEERING:
        return _at_peering(cloud, packet, target)
    if route.target_kind is TargetKind.TRANSIT_GATEWAY:
        return at_transit_gateway(cloud, packet, vpc, target)
    what = _GATEWAYS.get(route.target_kind)
    return at_gateway(cloud, packet, vpc, target, what) if what is not None else ()


def at_gateway(cloud: Cloud, packet: Packet, vpc: Vpc | None, name: str, what: Exclusion) -> tuple[Finding, ...]:
    """Judge a thing of a VPC by the VPC's control."""
    control = cloud.network.encryption_control_of(vpc.id) if vpc is not None else None
    if control is None:
        return ()
    doubt = next((one for one in (control.mode, control.exclusions.get(what)) if isinstance(one, Unknown)), None)
    if doubt is not None:
        rule, missing = f"whether it refuses {name} is not known", needs(doubt, "")
        return (unknown(HopKind.ENCRYPTION, packet.flow, control.id, rule, missing, control.origin),)
    if not control.refuses(what):
        return ()
    return (_refused(packet, control, name, f"set `{control.exclusion_property(what)}: enable` on `{control.id}`"),)


def at_interface(cloud: Cloud, packet: Packet, interface: NetworkInterface) -> tuple[Finding, ...]:
    """Judge an interface that a packet leaves or reaches."""
    what = kind_of(cloud, interface)
    name = ", ".join(interface.function_ids) or interface.owner_id
    vpc = cloud.network.vpc_of_interface(interface)
    return at_gateway(cloud, packet, vpc, name, what) if what is not None else ()


def kind_of(cloud: Cloud, interface: NetworkInterface) -> Exclusion | None:
    """Return what excludes an interface: a function's, or a mount target's of EFS; None for any other one."""
    if interface.owner is InterfaceOwner.LAMBDA:
        return Exclusion.LAMBDA
    resource = cloud.template.resources.get(interface.owner_id)
    return Exclusion.EFS if resource is not None and resource.type == "AWS::EFS::MountTarget" else None


def at_transit_gateway(cloud: Cloud, packet: Packet, vpc: Vpc | None, gateway_id: str) -> tuple[Finding, ...]:
    """Judge the attachment of a VPC to a transit gateway."""
    control = cloud.network.encryption_control_of(vpc.id) if vpc is not None else None
    gateway = cloud.network.transit_gateways.get(gateway_id)
    if control is None or gateway is None or gateway.encryption_support or not control.enforces:
        return ()
    return (_refused(packet, control, gateway_id, f"set `EncryptionSupport: enable` on `{gateway_id}`"),)


def is_encrypted(cloud: Cloud, peering: VpcPeeringConnection) -> bool:
    """Return whether both VPCs of a peering enforce encryption, in one Region."""
    vpcs = _vpcs(cloud, peering)
    controls = [cloud.network.encryption_control_of(vpc.id) for vpc in vpcs]
    enforced = len(vpcs) > 1 and all(one is not None and one.enforces for one in controls)
    return enforced and len({vpc.region for vpc in vpcs}) == 1


def _at_peering(cloud: Cloud, packet: Packet, peering_id: str) -> tuple[Finding, ...]:
    peering = cloud.network.vpc_peering_connections.get(peering_id)
    vpcs = _vpcs(cloud, peering) if peering is not None else []
    if peering is None or len(vpcs) < 2 or is_encrypted(cloud, peering):  # else the path is unknown
        return ()
    found = (at_gateway(cloud, packet, vpc, peering_id, Exclusion.PEERING) for vpc in vpcs)
    return next((each for each in found if each), ())


def _vpcs(cloud: Cloud, peering: VpcPeeringConnection) -> list[Vpc]:
    ends = (known_in(cloud.network.vpcs, end) for end in (peering.vpc_id, peering.peer_vpc_id))
    return [vpc for vpc in ends if vpc is not None]


def _refused(packet: Packet, control: VpcEncryptionControl, name: str, remedy: str) -> Finding:
    rule, code = f"{control.mode}: AWS refuses {name}", Code.NETFUL_ENCRYPTION_ENFORCED
    return denied(HopKind.ENCRYPTION, packet.flow, control, rule, code, remedy)
