"""Flows through a transit gateway, as its namespace counts them at the attachments by which they come and leave."""

from collections.abc import Iterator

from netful.fabric.routers.element_counts import Counted, ElementCounts
from netful.fabric.rules.flow_accounting import HUB_PLACES, HUB_TABLE
from netful.fabric.vpcs.interconnect import TransitGatewayNode
from netful.model.core import Unknown
from netful.model.network.flow_logs import FlowRecord, SeenFlow, Transit
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


class TransitCounters(ElementCounts):
    """The counting of one transit gateway.

    `interfaces` stand for the attachments, by id.
    """

    def __init__(self, gateway: TransitGatewayNode) -> None:
        super().__init__(gateway.node.netns, HUB_TABLE, HUB_PLACES)
        self.network_id = gateway.id
        self._ends = gateway.ends()
        self.interfaces = {
            id_: NetworkInterface(id_, InterfaceOwner.OTHER, id_, Unknown("an attachment has a subnet in each zone"))
            for id_, _ in self._ends.values()
        }

    def _records(self, one: Counted) -> Iterator[FlowRecord]:
        """Yield a record for each attachment that some packets came or left by."""
        came, left = (self._ends.get(link) for link in one.links)
        carried = not one.of.place.drops
        for egress, end, other, action in (
            (False, came, left if carried else None, one.of.place.sender),
            (True, left, came, one.of.place.receiver),
        ):
            if action is not None and end is not None:
                transit = Transit(self.network_id, end[1], *(other or (None, None)))
                flow = SeenFlow(
                    "", end[0], egress, action, one.source, one.destination, one.protocol, *one.ports, transit=transit
                )
                yield one.record(flow)
