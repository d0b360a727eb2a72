"""Flows at the interfaces of a VPC, as its router counts them, and at its regional NAT gateways, which are in no subnet."""

from collections.abc import Iterator

from netful.fabric.routers.element_counts import Counted, ElementCounts, joined
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.flow_accounting import PLACES
from netful.fabric.rules.words import TABLE
from netful.model.core import Unknown
from netful.model.network.flow_logs import Action, FlowRecord, SeenFlow
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress

_NOWHERE = Unknown("a regional NAT gateway is in no subnet")


class FlowCounters:
    """The counting of one router, from its making to `close`; both on the namespace thread. `read` runs on any thread.

    `interfaces` are all that a record may be of, by id, also those that are gone.
    """

    def __init__(self, router: VpcRouter) -> None:
        self._router = router
        self.interfaces: dict[str, NetworkInterface] = {}
        self._links: dict[int, str] = {}
        self._public: dict[IPAddress, IPAddress] = {}
        self._counts = ElementCounts(router.node.netns, TABLE, PLACES)

    @property
    def network_id(self) -> str:
        """The VPC of the router."""
        return self._router.vpc.id

    @property
    def overflowed(self) -> bool:
        """Return whether there were more flows than are counted, at the last read."""
        return self._counts.overflowed

    def read(self) -> list[FlowRecord]:
        """Return the packets since the last read."""
        self._learn()
        return joined(record for one in self._counts.read() for record in self._records(one))

    def _learn(self) -> None:
        """Learn the links that there are now."""
        attached = [(one.link, one.interface) for one in self._router.attached()]
        for nat_id, one in self._router.translators().items():
            attached.append((one.link, NetworkInterface(nat_id, InterfaceOwner.NAT_GATEWAY, nat_id, _NOWHERE)))
            for private, public in one.addresses.items():
                self._public[private] = public
        for link, interface in attached:
            self.interfaces[interface.id] = interface
            number = self._counts.elements.link_number(link)
            if number is not None:  # it may have gone with a change
                self._links[number] = interface.id

    def _records(self, one: Counted) -> Iterator[FlowRecord]:
        """Yield a record for each interface that decided about some packets."""
        ends = self._public.get(one.source, one.source), self._public.get(one.destination, one.destination)
        for egress, link, action in zip((True, False), one.links, one.of.place.decided, strict=True):
            if action is not None and link in self._links:
                reason = one.of.place.reason if action is Action.REJECT else None
                there = self._router.vpc.id, self._links[link], egress, action
                yield one.record(SeenFlow(*there, *ends, one.protocol, *one.ports, reason))

    def close(self) -> None:
        """End the counting."""
        self._counts.close()
