"""VPC peering: leads to the other VPC's private addresses, and not beyond that VPC (vpc-network §7.1).

Answers to a NAT gateway's packets return over the peering, whatever the other VPC's route tables contain (§4.2).
"""

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import needs
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import inspection
from netful.engine.network.steps import Deliver, Leave, Lost, Step
from netful.model.cloud import Cloud
from netful.model.core import known_in
from netful.model.network.gateways import VpcPeeringConnection
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.route_tables import Route
from netful.model.network.vpc import Vpc, blocks_overlap


def peering(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Bring a packet to a private address of the VPC on the connection's other side."""
    connection = cloud.network.vpc_peering_connections.get(str(route.target_id))
    if connection is None:
        return None
    here = cloud.network.vpc_of_interface(packet.sender)
    other = connection.other_end(here.id) if here is not None else connection.vpc_id
    vpc = known_in(cloud.network.vpcs, other)
    if vpc is None and packet.is_back_at(connection.id):
        return Leave(packet)
    if vpc is None:
        missing, rule = needs(other, f"VPC {other}"), "the VPC on its other side is not known"
        return Lost(
            packet, found=(unknown(HopKind.PEERING, packet.flow, connection.id, rule, missing, connection.origin),)
        )
    found: tuple[Found, ...] = (_admission(packet, connection, here, vpc), *map(Assumption, connection.assumptions))
    if not in_vpc(vpc, packet.flow.destination.address):
        return Lost(packet, found=found)
    if inspection.sender_of(cloud, packet).owner is InterfaceOwner.NAT_GATEWAY:
        packet = packet.after(direct=True)
    return Deliver(packet if here and here.region == vpc.region else packet.nameless(), vpc, found=found)


def _admission(packet: Packet, connection: VpcPeeringConnection, here: Vpc | None, vpc: Vpc) -> Finding:
    flow = packet.flow
    if not connection.active:
        failed = f": blocks of {here.id} and {vpc.id} overlap" if here and blocks_overlap(here, vpc) else ""
        return denied(HopKind.PEERING, flow, connection, f"the connection is not active{failed}", Code.BAD_STATE)
    if not in_vpc(vpc, flow.destination.address):
        rule = f"{flow.destination} is not in {vpc.id}: a peering leads no further"
    elif here is not None and not packet.returning and not in_vpc(here, flow.source.address):
        rule = f"{flow.source} is not in {here.id}: a peering takes nothing from further away"
    else:
        return allowed(HopKind.PEERING, flow, connection, f"to {vpc.id}")
    return denied(HopKind.PEERING, flow, connection, rule, Code.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR)
