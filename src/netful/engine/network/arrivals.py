"""Arrivals: the reaction of an interface's owner to a packet."""

from collections.abc import Callable

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.model.cloud import Cloud
from netful.model.names.service_names import endpoint_ports
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc_endpoints import EndpointType


def _lambda(_cloud: Cloud, interface: NetworkInterface, _flow: Flow) -> Ruling:
    owners = ", ".join(interface.function_ids) or interface.owner_id
    rule = "nothing can connect into a function; its interface only lets it out"
    return Ruling("deny", owners, rule, code=Code.NETFUL_LAMBDA_NO_INBOUND, origin=interface.origin)


def _nat_gateway(_cloud: Cloud, interface: NetworkInterface, _flow: Flow) -> Ruling:
    rule = "a NAT gateway accepts no connections; it only forwards routed packets"
    return Ruling("deny", interface.owner_id, rule, code=Code.NETFUL_NAT_NO_INBOUND, origin=interface.origin)


def _endpoint(cloud: Cloud, interface: NetworkInterface, flow: Flow) -> Ruling:
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    if endpoint is None:
        return _endpoint_not_loaded(interface, flow)
    service, ports = endpoint.service or endpoint.service_name, endpoint_ports(endpoint.service)
    if endpoint.type is EndpointType.OTHER:
        rule = "it answers nothing itself; it only forwards routed packets"
    elif flow.protocol != TCP:
        rule = "an interface endpoint answers TCP only, not even ping"
    elif endpoint.service and flow.destination.ports.first not in ports:
        rule = f"{service} answers on {', '.join(map(str, ports))} only"
    else:
        rule = f"interface endpoint of {service}"
        return Ruling("allow", endpoint.id, rule, origin=endpoint.origin, assumptions=endpoint.assumptions)
    return Ruling("deny", endpoint.id, rule, code=Code.PROTOCOL_RESTRICTION, origin=endpoint.origin)


def _endpoint_not_loaded(interface: NetworkInterface, flow: Flow) -> Ruling:
    """Judge at an endpoint that was not loaded (of another account, or not in the sources): only its interface is known."""
    id_ = interface.owner_id
    if flow.protocol != TCP:
        rule = "an endpoint answers TCP only, not even ping"
        return Ruling("deny", id_, rule, code=Code.PROTOCOL_RESTRICTION, origin=interface.origin)
    notes = (f"{id_} leads to a service that answers on {flow.service}: it was not loaded",)
    return Ruling("allow", id_, "an endpoint that was not loaded", origin=interface.origin, assumptions=notes)


Arrival = Callable[[Cloud, NetworkInterface, Flow], Ruling]

ARRIVALS: dict[InterfaceOwner, tuple[HopKind, Arrival]] = {
    InterfaceOwner.LAMBDA: (HopKind.LAMBDA, _lambda),
    InterfaceOwner.NAT_GATEWAY: (HopKind.NAT, _nat_gateway),
    InterfaceOwner.ENDPOINT: (HopKind.ENDPOINT, _endpoint),
}
"""Owners that decide, with the kind of their hop; all other owners are assumed to listen."""
