"""Scopes of flow logs: the flows that a log is of, and the places that it reports on while there are none."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType, SeenFlow
from netful.model.network.network_interface import NetworkInterface


def is_of(log: FlowLog, flow: SeenFlow, interface: NetworkInterface) -> bool:
    """Return whether a log records a flow at an interface, or at an attachment of a transit gateway."""
    match log.resource_type:
        case FlowLogResourceType.TRANSIT_GATEWAY:
            return flow.transit is not None and flow.transit.transit_gateway_id == log.resource_id
        case FlowLogResourceType.VPC:
            return flow.vpc_id == log.resource_id and isinstance(interface.subnet_id, str)
        case FlowLogResourceType.SUBNET:
            return interface.subnet_id == log.resource_id
        case _:
            return interface.id == log.resource_id


def places(cloud: Cloud, log: FlowLog) -> Iterator[tuple[str, str]]:
    """Yield the places of a log, each with the VPC or transit gateway that counts there."""
    network, id_ = cloud.network, str(log.resource_id)
    match log.resource_type:
        case FlowLogResourceType.TRANSIT_GATEWAY | FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT:
            for one in network.transit_gateway_attachments.values():
                if id_ in (one.id, one.transit_gateway_id):
                    yield str(one.transit_gateway_id), one.id
        case FlowLogResourceType.REGIONAL_NAT_GATEWAY:
            if id_ in network.nat_gateways:
                yield str(network.nat_gateways[id_].vpc_id), id_
        case _:
            for eni in network.network_interfaces.values():
                vpc = network.vpc_of_interface(eni)
                if vpc is not None and id_ in (vpc.id, eni.subnet_id, eni.id):
                    yield vpc.id, eni.id


def stream_place(cloud: Cloud, place_id: str) -> str:
    """Return the place whose stream has the records of a place: a transit gateway has one for all its attachments."""
    attachment = cloud.network.transit_gateway_attachments.get(place_id)
    return str(attachment.transit_gateway_id) if attachment is not None else place_id
