"""Flows that a VPC's router counts: each read returns what has been counted since the last one.

The kernel's counts only grow until an element is forgotten, so a count that is lower than before, or that did not change
although its element was renewed, is that of a new element.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

from netful.fabric.kernel import nft
from netful.fabric.kernel.set_elements import Element, SetElements
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.flow_accounting import SETS, SIZE, TIMEOUT_SECONDS, FlowSet, start, stop
from netful.fabric.rules.words import TABLE
from netful.model.network.flow_logs import Action, FlowRecord, SeenFlow
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress

_TABLE_NAME = TABLE.split()[1]
_LINKS = struct.Struct("=II")
_ADDRESS_BYTES = {4: 4, 6: 16}
_AHEAD_SECONDS = 0.5  # of the kernel's clock, which counts in ticks


class FlowCounters:
    """The counting of one router, from its making to `close`; both on the namespace thread. `read` runs on any thread.

    `interfaces` are all that a record may be of, by id, also those that are gone.
    """

    def __init__(self, router: VpcRouter) -> None:
        self._router = router
        self.interfaces: dict[str, NetworkInterface] = {}
        self._links: dict[int, str] = {}
        self._before: dict[tuple[str, bytes], tuple[Element, float]] = {}
        self._read_at = time.time()
        nft.load(router.node.netns, "\n".join(start()))
        try:
            self._elements = SetElements(router.node.netns)
        except BaseException:
            nft.load(router.node.netns, "\n".join(stop()))
            raise
        self.overflowed = False

    @property
    def vpc_id(self) -> str:
        """The VPC of the router."""
        return self._router.vpc.id

    def read(self) -> list[FlowRecord]:
        """Return the packets since the last read. `overflowed` is then whether there were more flows than are counted."""
        for attached in self._router.attached():
            self.interfaces[attached.interface.id] = attached.interface
            number = self._elements.link_number(attached.link)
            if number is not None:  # it may have gone with a change
                self._links[number] = attached.interface.id
        found: dict[SeenFlow, FlowRecord] = {}
        present: dict[tuple[str, bytes], tuple[Element, float]] = {}
        now, self.overflowed = time.time(), False
        for one in SETS:
            elements = [*self._elements.read(_TABLE_NAME, one.name)]
            self.overflowed |= len(elements) >= SIZE
            for element in elements:
                last = now - max(TIMEOUT_SECONDS - element.left, 0)
                present[one.name, element.key] = element, last
                for record in self._records(one, element, last):
                    known = found.get(record.flow)
                    found[record.flow] = known.joined(record) if known else record
        self._before, self._read_at = present, now
        return [*found.values()]

    def _records(self, one: FlowSet, element: Element, last: float) -> Iterator[FlowRecord]:
        """Yield the packets of an element that are new, for each interface that decided about them."""
        packets, size, first = element.packets, element.bytes, self._read_at
        before, last_before = self._before.get((one.name, element.key), (None, 0.0))
        if before is not None:
            if element == before or (packets == before.packets and last <= last_before + _AHEAD_SECONDS):
                return
            if packets > before.packets:
                packets, size = packets - before.packets, size - before.bytes
        if packets == 1:
            first = last
        for egress, link, action in zip((True, False), _LINKS.unpack_from(element.key), one.place.decided, strict=True):
            if action is not None and link in self._links:
                flow = _flow(self._router.vpc.id, self._links[link], one, element.key[_LINKS.size :], egress, action)
                yield FlowRecord(flow, packets, size, min(first, last), last, one.packets.tcp_flags)

    def close(self) -> None:
        """End the counting."""
        self._elements.close()
        if not self._router.node.netns.closed:
            with suppress(OSError):
                nft.load(self._router.node.netns, "\n".join(stop()))


def _flow(vpc_id: str, interface_id: str, one: FlowSet, key: bytes, egress: bool, action: Action) -> SeenFlow:  # noqa: FBT001  # one of two ways
    """Return the flow of an element's key after the links."""
    length = _ADDRESS_BYTES[one.version]
    source, destination, rest = key[:length], key[length : 2 * length], key[2 * length :]
    protocol, ports = rest[0], (0, 0)
    if one.packets.protocol:
        protocol, ports = one.packets.protocol, divmod(int.from_bytes(rest[:4], sys.byteorder), 1 << 16)
    ends = _address(source), _address(destination)
    reason = one.place.reason if action is Action.REJECT else None
    return SeenFlow(vpc_id, interface_id, egress, action, *ends, protocol, *ports, reason)


def _address(packed: bytes) -> IPAddress:
    return IPv4Address(packed) if len(packed) == _ADDRESS_BYTES[4] else IPv6Address(packed)
