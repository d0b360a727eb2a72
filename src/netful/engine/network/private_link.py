"""PrivateLink to somebody's own service: an endpoint leads to the network load balancers behind it (vpc-network §5.1).

The service never sees the client's address. The load balancer's groups are asked for it all the same, unless it was
told not to enforce them on such traffic. The proxy protocol's header tells targets of the client and of the endpoint.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netful.engine.filters import security_groups
from netful.engine.flows.flow import Flow, ipv4_of
from netful.engine.network import load_balancing
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc_endpoints import VpcEndpoint

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk


def serve(walk: Walk, interface: NetworkInterface, flow: Flow) -> None:
    """Go on from an endpoint's interface to the load balancer of its service, if that was loaded."""
    endpoint = walk.cloud.network.vpc_endpoints.get(interface.owner_id)
    node = _node(walk, endpoint, interface) if endpoint is not None else None
    if endpoint is None or node is None:
        return
    balancer = walk.cloud.balancing.load_balancers.get(node.owner_id)
    inside = replace(flow, destination=replace(flow.destination, address=ipv4_of(node), interface=node))
    if node.security_group_ids and balancer is not None and balancer.enforce_inbound_rules_on_private_link:
        nameless = replace(inside, source=replace(inside.source, identity_lost=True))
        walk.trail.rule("sg in", inside, security_groups.judge(walk.cloud, node, nameless, "in"))
    load_balancing.balance(walk, node, inside, by_private_link=True, endpoint_id=endpoint.id)


def _node(walk: Walk, endpoint: VpcEndpoint, interface: NetworkInterface) -> NetworkInterface | None:
    """A node of the service's load balancer: in the endpoint's zone, if there is one."""
    services = walk.cloud.network.vpc_endpoint_services.values()
    service = next((each for each in services if each.service_name == endpoint.service_name), None)
    ids = service.load_balancer_ids if service else ()
    nodes = [eni for id_ in ids if isinstance(id_, str) for eni in walk.cloud.network.interfaces_of(id_)]
    zone = walk.cloud.network.zone_of_interface(interface)
    return next((node for node in nodes if walk.cloud.network.zone_of_interface(node) == zone), next(iter(nodes), None))
