"""Mending: what would let a flow survive a failure, and what that adds to the cloud.

It follows from the hop that denies: a route to what is gone, or an interface behind which nothing runs.
"""

from collections.abc import Mapping

from netful.engine.failures.failure import Failure, FailureKind
from netful.engine.flows.codes import Code
from netful.engine.flows.path import Hop
from netful.engine.routing.route_tables import Entry
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.route_tables import TargetKind


class Mend(Frozen):
    """A change, and what it adds: resources, with what they are charged by. Nothing is added if AWS repairs it by itself."""

    what: str
    adds: str = ""


_BY_AWS = Mend("nothing: AWS runs `{name}` in every zone, so that only a change of yours ends it")
_SPARE = Mend("nothing: AWS runs `{name}` with spares in its zone, and no other zone uses it here")
_INSTEAD_OF_HOST = Mend(
    "a NAT gateway in each zone instead of the host `{name}`",
    "a NAT gateway for each zone (by the hour and the GB) with an Elastic IP (by the hour)",
)
_SECOND_CONNECTION = Mend("a second VPN connection beside `{name}`", "a VPN connection (by the hour)")
_ROUTES: Mapping[TargetKind, Mend] = {
    TargetKind.NAT_GATEWAY: Mend(
        "a NAT gateway in each zone, and in each zone's route table a route to its own, instead of `{name}` for all",
        "a NAT gateway for each further zone (by the hour and the GB) with an Elastic IP (by the hour)",
    ),
    TargetKind.NETWORK_INTERFACE: _INSTEAD_OF_HOST,
    TargetKind.INSTANCE: _INSTEAD_OF_HOST,
    TargetKind.VPC_ENDPOINT: Mend(
        "an endpoint in each zone, and in each zone's route table a route to its own, instead of `{name}` for all",
        "an endpoint for each further zone (by the hour and the GB)",
    ),
}
_OWNERS: Mapping[InterfaceOwner, Mend] = {
    InterfaceOwner.LAMBDA: Mend("a subnet in another zone for `{name}`", "no charge"),
    InterfaceOwner.ENDPOINT: Mend(
        "a subnet in another zone for `{name}`", "an interface of the endpoint (by the hour and the GB)"
    ),
    InterfaceOwner.LOAD_BALANCER: Mend("a subnet in another zone for `{name}`", "no charge of its own"),
    InterfaceOwner.INSTANCE: Mend(
        "a second instance beside `{name}` in another zone, both behind a load balancer",
        "an instance and a load balancer (by the hour)",
    ),
    InterfaceOwner.DATABASE: Mend(
        "a standby of `{name}` in another zone (`MultiAZ: true`)", "an instance (by the hour)"
    ),
    InterfaceOwner.CACHE: Mend("a replica of `{name}` in another zone with automatic failover", "a node (by the hour)"),
    InterfaceOwner.SERVICE: Mend("a subnet in another zone for `{name}`", "what runs there (by its own rates)"),
}


_OF_AWS = (FailureKind.GATEWAY, FailureKind.LINK, FailureKind.ENDPOINT)
"""Kinds of failures that AWS itself guards against in every zone."""


def mend_of(cloud: Cloud, failure: Failure, hop: Hop) -> Mend | None:
    """Return what would let a flow survive a failure, by the hop that denies it then; None if netful does not know."""
    if failure.name in (*cloud.network.vpn_gateways, *cloud.network.vpn_connections):
        return _named(_SECOND_CONNECTION, failure.name)
    if failure.kind in _OF_AWS and len(cloud.network.interfaces_of(failure.name)) != 1:
        return _named(_BY_AWS, failure.name)
    if failure.kind is FailureKind.NAT and _serves_its_zone(cloud, failure.name, hop.component):
        return _named(_SPARE, failure.name)
    if isinstance(hop.decided_by, Entry):
        route = hop.decided_by.route
        return _named(_ROUTES.get(route.target_kind), str(route.target_id)) if route is not None else None
    return mend_of_owner(cloud, hop.component) if hop.code is Code.BAD_STATE else None


def _serves_its_zone(cloud: Cloud, nat: str, table: str) -> bool:
    """Return whether all subnets of a route table are in the one zone of a NAT gateway."""
    network = cloud.network
    of_nat = {network.zone_of_interface(eni) for eni in network.interfaces_of(nat)}
    users = (
        subnet
        for subnet in network.subnets.values()
        if network.route_table_of(subnet.id) is network.route_tables.get(table)
    )
    return len(of_nat) == 1 and {subnet.availability_zone for subnet in users} == of_nat


def mend_of_owner(cloud: Cloud, name: str) -> Mend | None:
    """Return what lets a resource with interfaces survive the failure of its zone; None if netful does not know."""
    eni = next(iter(cloud.network.interfaces_of(name)), None)
    return _named(_OWNERS.get(eni.owner), name) if eni is not None else None


def _named(mend: Mend | None, name: str) -> Mend | None:
    return Mend(mend.what.format(name=name), mend.adds) if mend is not None else None
