"""NAT gateway ports for a load: 55,000 concurrent connections to one destination for each address (§3.2)."""

from collections.abc import Iterator, Mapping

from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.route_tables import TargetKind

_PORTS = 55_000


class NatPorts(Frozen):
    """Concurrent connections to one destination, if all environments of a subnet connect to it."""

    nat_gateway_id: str
    connections: int
    limit: int


def nat_ports(cloud: Cloud, environments: Mapping[str, int], connections: int) -> Iterator[NatPorts]:
    """Return every NAT gateway in the routes of a subnet whose functions have a load."""
    wanted: dict[str, float] = {}
    for function_id, count in environments.items():
        enis = cloud.network.interfaces_of(function_id)
        for eni in enis:
            for nat_id in _nats(cloud, str(eni.subnet_id)):
                wanted[nat_id] = wanted.get(nat_id, 0.0) + count * connections / len(enis)
    for nat_id, open_ in wanted.items():
        addresses = max(1, len(cloud.network.nat_gateways[nat_id].allocation_ids))
        yield NatPorts(nat_id, round(open_), _PORTS * addresses)


def _nats(cloud: Cloud, subnet_id: str) -> set[str]:
    table = cloud.network.route_table_of(subnet_id)
    routes = table.routes if table else ()
    return {
        str(route.target_id)
        for route in routes
        if route.target_kind is TargetKind.NAT_GATEWAY and route.target_id in cloud.network.nat_gateways
    }
