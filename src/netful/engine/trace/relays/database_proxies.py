"""Connections that an RDS Proxy opens: for a client's connection, it needs one to its database, through the network.

A client's own connection opens in any case: if the proxy does not reach the database, the client waits in vain. An endpoint of a
proxy has interfaces of its own, and the proxy connects from those of itself. An endpoint that only reads leads to the readers.
"""

from netful.engine.flows.finding import Assumption, Finding
from netful.engine.flows.flow import Ports
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.names.managed_places import proxy_of, readers_of, target_of
from netful.engine.network.packet import Journey
from netful.engine.trace.ends.default_ports import default_port, ports_of, unknown_port
from netful.engine.trace.ends.destinations import InterfaceDestination, Service
from netful.engine.trace.ends.sources import Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen


class SentOn(Frozen):
    """Connections to a database, from each place of a proxy."""

    finding: Finding
    sources: tuple[Source, ...]
    target: InterfaceDestination


def sent_on(cloud: Cloud, journey: Journey) -> SentOn | Assumption | None:
    """Return the connections of the proxy that a client's packets reached; an assumption if its database or its subnets are not loaded."""
    end, flow = journey.end, journey.flow
    proxy = proxy_of(cloud, end.owner_id) if end is not None else None
    if end is None or flow is None or proxy is None:
        return None
    own = cloud.template.resources[end.owner_id]
    ports = flow.destination.ports
    if not any(ports.first <= port <= ports.last for port in ports_of(cloud, own)):
        return None
    database = target_of(cloud, proxy.id)
    readers = readers_of(cloud, database) if own.properties.get("TargetRole") == "READ_ONLY" else ()
    there = tuple(eni for id_ in readers or (database,) for eni in cloud.network.interfaces_of(id_))
    if not there:
        return Assumption(f"`{proxy.id}` reaches its database, which is not loaded")
    port = default_port(cloud, database, 0)
    places = (end,) if own is proxy else cloud.network.interfaces_of(proxy.id)
    if not places:
        return Assumption(f"`{proxy.id}` reaches {database} from its subnets, which are not loaded")
    unknown = unknown_port(cloud, database)
    usual = (f"{database} listens on {port}, the usual port: {unknown} is not known",) if unknown else ()
    opens = f"opens a connection to {database}"
    ruling = Ruling("allow", proxy.id, opens, origin=proxy.origin, assumptions=usual)
    return SentOn(
        Finding(HopKind.PROXY, flow, ruling),
        tuple(Source(proxy.id, eni) for eni in places),
        InterfaceDestination(database, there, Service(ports=Ports(port, port))),
    )
