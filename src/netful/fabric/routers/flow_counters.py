"""Flows at the interfaces of a VPC, as its router counts them, and at its regional NAT gateways, which are in no subnet."""

from collections.abc import Iterator

from netful.fabric.routers.element_counts import Counted, ElementCounts
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.flow_accounting import PLACES
from netful.fabric.rules.words import TABLE
from netful.model.core import Unknown
from netful.model.network.flow_logs import Action, FlowRecord, SeenFlow
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress

_NOWHERE = Unknown("a regional NAT gateway is in no subnet")


class FlowCounters(ElementCounts):
    """The counting of one router.

    `interfaces` are all that a record may be of, by id, also those that are gone.
    """

    def __init__(self, router: VpcRouter) -> None:
        super().__init__(router.node.netns, TABLE, PLACES)
        self._router = router
        self.interfaces: dict[str, NetworkInterface] = {}
        self._links: dict[int, str] = {}
        self._public: dict[IPAddress, IPAddress] = {}

    @property
    def network_id(self) -> str:
        """The VPC of the router."""
        return self._router.vpc.id

    def read(self) -> list[FlowRecord]:
        """Return the packets since the last read."""
        self._learn()
        return super().read()

    def _learn(self) -> None:
        """Learn the links that there are now."""
        attached = [(one.link, one.interface) for one in self._router.attached()]
        for nat_id, one in self._router.translators().items():
            attached.append((one.link, NetworkInterface(nat_id, InterfaceOwner.NAT_GATEWAY, nat_id, _NOWHERE)))
            for private, public in one.addresses.items():
                self._public[private] = public
        for link, interface in attached:
            self.interfaces[interface.id] = interface
            number = self.elements.link_number(link)
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
