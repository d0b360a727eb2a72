"""Counts of flows in the sets of one namespace: each read returns what has been counted since the last one.

The kernel's counts only grow until an element is forgotten, so a count that is lower than before, or that did not change
although its element was renewed, is that of a new element.
"""

import struct
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.set_elements import Element, SetElements
from netful.fabric.rules.flow_accounting import SIZE, TIMEOUT_SECONDS, FlowSet, Place, sets_of, start, stop
from netful.model.core import Frozen
from netful.model.network.flow_logs import FlowRecord, SeenFlow
from netful.model.network.vpc import IPAddress

_LINKS = struct.Struct("=II")
_ADDRESS_BYTES = {4: 4, 6: 16}
_AHEAD_SECONDS = 0.5  # of the kernel's clock, which counts in ticks


class Counted(Frozen):
    """Packets of a flow since the last read: the set and the two links of its element, its ends, and its counts."""

    of: FlowSet
    links: tuple[int, int]
    source: IPAddress
    destination: IPAddress
    protocol: int
    ports: tuple[int, int]
    packets: int
    bytes: int
    first: float
    last: float

    def record(self, flow: SeenFlow) -> FlowRecord:
        """Return the record of these packets as those of a flow."""
        return FlowRecord(flow, self.packets, self.bytes, self.first, self.last, self.of.packets.tcp_flags)


class ElementCounts(ABC):
    """The counting of a namespace, from its making to `close`; both on the namespace thread. `read` runs on any thread.

    `overflowed`: there were more flows than are counted, at the last read.
    """

    def __init__(self, netns: Netns, table: str, places: tuple[Place, ...]) -> None:
        self._netns, self._table, self._places = netns, table, places
        self._before: dict[tuple[str, bytes], tuple[Element, float]] = {}
        self._read_at = time.time()
        code = nft.load(netns, "\n".join(start(table, places)), "--debug=netlink")
        # nft 1.0.6, as in Debian 12, makes no number of the machine of the ports that become a mark.
        self._byte_order: Literal["little", "big"] = sys.byteorder if "byteorder" in code else "big"
        try:
            self.elements = SetElements(netns)
        except BaseException:
            nft.load(netns, "\n".join(stop(table, places)))
            raise
        self.overflowed = False

    def read(self) -> list[FlowRecord]:
        """Return the packets since the last read."""
        return joined(record for one in self._counted() for record in self._records(one))

    @abstractmethod
    def _records(self, one: Counted) -> Iterator[FlowRecord]:
        """Yield a record for each place that some packets passed."""

    def _counted(self) -> Iterator[Counted]:
        present: dict[tuple[str, bytes], tuple[Element, float]] = {}
        began, self.overflowed = time.time(), False
        for one in sets_of(self._places):
            asked = time.time()
            elements = [*self.elements.read(self._table.split()[1], one.name)]
            answered = time.time()  # the last packet was between both, less the time since
            self.overflowed |= len(elements) >= SIZE
            for element in elements:
                since = max(TIMEOUT_SECONDS - element.left, 0)
                present[one.name, element.key] = element, answered - since
                yield from self._news(one, element, asked - since)
        self._before, self._read_at = present, began

    def _news(self, one: FlowSet, element: Element, last: float) -> Iterator[Counted]:
        """Yield the packets of an element that are new."""
        packets, size, first = element.packets, element.bytes, self._read_at
        before, last_before = self._before.get((one.name, element.key), (None, 0.0))
        if before is not None:
            if element == before or (packets == before.packets and last <= last_before + _AHEAD_SECONDS):
                return
            if packets > before.packets:
                packets, size = packets - before.packets, size - before.bytes
        if packets == 1:
            first = last
        sender, receiver = _LINKS.unpack_from(element.key)
        key, length = element.key[_LINKS.size :], _ADDRESS_BYTES[one.version]
        ends, rest = (_address(key[:length]), _address(key[length : 2 * length])), key[2 * length :]
        protocol, ports = rest[0], (0, 0)
        if one.packets.protocol:
            protocol, ports = one.packets.protocol, divmod(int.from_bytes(rest[:4], self._byte_order), 1 << 16)
        yield Counted(one, (sender, receiver), *ends, protocol, ports, packets, size, min(first, last), last)

    def close(self) -> None:
        """End the counting."""
        self.elements.close()
        if not self._netns.closed:
            with suppress(OSError):
                nft.load(self._netns, "\n".join(stop(self._table, self._places)))


def joined(records: Iterator[FlowRecord]) -> list[FlowRecord]:
    """Return one record for each flow."""
    found: dict[SeenFlow, FlowRecord] = {}
    for record in records:
        known = found.get(record.flow)
        found[record.flow] = known.joined(record) if known else record
    return [*found.values()]


def _address(packed: bytes) -> IPAddress:
    return IPv4Address(packed) if len(packed) == _ADDRESS_BYTES[4] else IPv6Address(packed)
