"""Links, addresses, routes, rules and neighbours, IPv4 and IPv6, by raw rtnetlink, in batches.

A batch is queued and sent in one call; the kernel acknowledges each message. The caller chooses interface numbers, so
no look-up is needed in between (fabric §4: 0.4-0.7 ms for a sandbox, 7 ms with a general library). Message layouts:
rtnetlink(7), <linux/if_link.h>, <linux/fib_rules.h>.
"""

import errno
import os
import socket
import struct
from typing import Literal

from netful.fabric.kernel.netns import Netns
from netful.model.network.vpc import IPAddress, IPNetwork

NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE = 0x1, 0x4, 0x100, 0x200, 0x400
NLMSG_ERROR = 2
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_NEWADDR = 16, 17, 18, 20
RTM_NEWROUTE, RTM_DELROUTE, RTM_NEWNEIGH, RTM_NEWRULE, RTM_NEWQDISC, RTM_DELQDISC = 24, 25, 28, 32, 36, 37
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_LINKINFO, IFLA_GROUP, IFLA_NET_NS_FD = 1, 3, 4, 18, 27, 28
IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE = 63, 64
IFLA_INFO_KIND, IFLA_INFO_DATA, VETH_INFO_PEER = 1, 2, 1
IFLA_AF_SPEC, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE = 26, 8, 1
IFA_ADDRESS, IFA_LOCAL, IFA_F_NODAD = 1, 2, 2
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_TABLE = 1, 4, 5, 6, 15
NDA_DST, NDA_LLADDR, NUD_PERMANENT = 1, 2, 0x80
FRA_IIFNAME, FRA_PRIORITY, FRA_FWMARK, FRA_TABLE, FRA_FWMASK = 3, 6, 10, 15, 16
FR_ACT_TO_TBL, FR_ACT_BLACKHOLE = 1, 6
TCA_KIND, TCA_OPTIONS, TCA_NETEM_LATENCY64, TC_H_ROOT = 1, 2, 10, 0xFFFFFFFF
RTN_UNICAST, RTN_LOCAL, RTN_BLACKHOLE = 1, 2, 6
RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, RT_SCOPE_HOST = 0, 253, 254
RTPROT_BOOT, RTNH_F_ONLINK = 3, 4
TABLE_MAIN, TABLE_LOCAL = 254, 255
LOOPBACK = 1
IFF_UP = 1

Version = Literal[4, 6]
_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
_SOL_NETLINK, _NETLINK_CAP_ACK = 270, 10
_BATCH = 100
_BURST = 256 * 1024
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ROUTE = struct.Struct("=BBBBBBBBI")
_QUEUE = struct.Struct("=4xiIII")
_NETEM = struct.Struct("=4xI16x")  # the limit between older members, which stay 0
_MOST_DELAYED = 100_000


def _attribute(kind: int, value: bytes | str | int) -> bytes:
    if isinstance(value, str):
        value = value.encode() + b"\0"
    elif isinstance(value, int):
        value = struct.pack("=I", value)
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + b"\0" * (-length % 4)


# The largest TCP segment for a link: larger segments share the cost of each hop. Kernels before 6.3 are limited to 64 KiB.
_BURSTS = _attribute(IFLA_GSO_IPV4_MAX_SIZE, _BURST) + _attribute(IFLA_GRO_IPV4_MAX_SIZE, _BURST)


class Rtnetlink:
    """A route socket of one namespace. Queue messages, then `flush`. Runs on the namespace thread."""

    def __init__(self, netns: Netns) -> None:
        self._socket = netns.socket(socket.SOCK_RAW, socket.AF_NETLINK, socket.NETLINK_ROUTE)
        self._socket.setblocking(True)  # noqa: FBT003  # the kernel answers at once
        self._socket.setsockopt(_SOL_NETLINK, _NETLINK_CAP_ACK, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind((0, 0))
        self._queue: list[tuple[int, int, bytes, str]] = []

    def veth(
        self, name: str, index: int, *, mac: bytes, peer: Netns, peer_index: int, peer_mac: bytes,
        peer_name: str = "eth0", group: int = 0, mtu: int = 0, bursts: bool = True,
    ) -> None:  # fmt: skip
        """Add a veth pair: this end is up, the far end is in `peer` and still down.

        `bursts`: accept more than 64 KiB at once.
        """
        at_once = _BURSTS if bursts else b""
        far = _LINK.pack(0, 0, peer_index, 0, 0) + _attribute(IFLA_IFNAME, peer_name)
        far += _attribute(IFLA_ADDRESS, peer_mac) + _attribute(IFLA_NET_NS_FD, peer.fd) + at_once
        body = _LINK.pack(0, 0, index, IFF_UP, IFF_UP) + _attribute(IFLA_IFNAME, name) + _attribute(IFLA_ADDRESS, mac)
        body += at_once
        if group:
            body += _attribute(IFLA_GROUP, group)
        if mtu:
            body, far = body + _attribute(IFLA_MTU, mtu), far + _attribute(IFLA_MTU, mtu)
        info = _attribute(IFLA_INFO_KIND, b"veth") + _attribute(IFLA_INFO_DATA, _attribute(VETH_INFO_PEER, far))
        self._add(RTM_NEWLINK, body + _attribute(IFLA_LINKINFO, info), f"link {name}")

    def up(self, index: int) -> None:
        """Bring a link up, without IPv6 link-local addresses."""
        inet6 = _attribute(socket.AF_INET6, _attribute(IFLA_INET6_ADDR_GEN_MODE, bytes([IN6_ADDR_GEN_MODE_NONE])))
        quiet = _LINK.pack(0, 0, index, 0, 0) + _attribute(IFLA_AF_SPEC, inet6)
        if index != LOOPBACK:
            self._add(RTM_NEWLINK, quiet, f"quiet link {index}", 0)
        self._add(RTM_NEWLINK, _LINK.pack(0, 0, index, IFF_UP, IFF_UP), f"link {index} up", 0)

    def settle(self, index: int) -> None:
        """Make the kernel finish bringing up a link whose far end has just come up.

        Otherwise the kernel does so some time later and drops packets until then. A query for the link triggers it at
        once (rtnl_getlink, kernels from 6.8).
        """
        self._add(RTM_GETLINK, _LINK.pack(0, 0, index, 0, 0), f"link {index}", 0)

    def delete_link(self, index: int) -> None:
        """Delete a link. This is slow (20 ms): closing the namespace of its far end is faster."""
        self._add(RTM_DELLINK, _LINK.pack(0, 0, index, 0, 0), f"delete link {index}", 0)

    def address(self, address: IPAddress, index: int) -> None:
        """Assign an address to a link, as a /32 or /128, without duplicate address detection."""
        flags = IFA_F_NODAD if address.version == 6 else 0
        body = struct.pack("=BBBBI", _FAMILY[address.version], address.max_prefixlen, flags, 0, index)
        body += _attribute(IFA_LOCAL, address.packed) + _attribute(IFA_ADDRESS, address.packed)
        self._add(RTM_NEWADDR, body, f"address {address}")

    def route(
        self, destination: IPNetwork, *, link: int = 0, via: IPAddress | None = None, table: int = TABLE_MAIN
    ) -> None:
        """Add a unicast route through `link`, on-link `via` a neighbour if given."""
        scope = RT_SCOPE_UNIVERSE if via else RT_SCOPE_LINK
        self._route(RTM_NEWROUTE, destination, table, scope, RTN_UNICAST, link, via)

    def last_way(self, *, link: int, via: IPAddress) -> None:
        """Add a default route for sockets bound to `link`; other sockets use the one without a metric."""
        self._add(RTM_NEWROUTE, _way_out(link, via), f"last way by link {link}")

    def local(self, destination: IPNetwork, table: int = TABLE_LOCAL) -> None:
        """Answer for a whole block (AnyIP): a listener on any of its addresses serves them.

        In the main table, more specific routes take precedence; the local table comes before all other tables.
        """
        self._route(RTM_NEWROUTE, destination, table, RT_SCOPE_HOST, RTN_LOCAL, LOOPBACK, None)

    def blackhole(self, destination: IPNetwork, table: int = TABLE_MAIN) -> None:
        """Drop silently: the sender times out, as in AWS, and gets no ICMP error (vpc-network §1.10)."""
        self._route(RTM_NEWROUTE, destination, table, RT_SCOPE_UNIVERSE, RTN_BLACKHOLE, 0, None)

    def delete_route(self, destination: IPNetwork, table: int = TABLE_MAIN) -> None:
        """Delete a route."""
        self._route(RTM_DELROUTE, destination, table, 255, 0, 0, None)

    def neighbour(self, address: IPAddress, mac: bytes, link: int) -> None:
        """Add a permanent neighbour: no ARP, and no entry in the host's shared ARP table (fabric §4)."""
        head = _LINK.pack(_FAMILY[address.version], 0, link, NUD_PERMANENT, 0)[:8]
        body = head + struct.pack("=HBB", NUD_PERMANENT, 0, 1)
        body += _attribute(NDA_DST, address.packed) + _attribute(NDA_LLADDR, mac)
        self._add(RTM_NEWNEIGH, body, f"neighbour {address}", NLM_F_CREATE | NLM_F_REPLACE)

    def rule(self, priority: int, *, mark: int, table: int, version: Version = 4) -> None:
        """Route packets with a mark by a table."""
        match = _attribute(FRA_FWMARK, mark) + _attribute(FRA_FWMASK, 0xFFFFFFFF)
        self._rule(version, priority, FR_ACT_TO_TBL, _attribute(FRA_TABLE, table) + match)

    def rule_for_link(self, priority: int, *, link: str, table: int, version: Version = 4) -> None:
        """Route packets that arrive on a link by a table."""
        match = _attribute(FRA_IIFNAME, link)
        self._rule(version, priority, FR_ACT_TO_TBL, _attribute(FRA_TABLE, table) + match)

    def last_rule_drops(self, priority: int, version: Version = 4) -> None:
        """Drop packets silently that no table routes (fabric §1)."""
        self._rule(version, priority, FR_ACT_BLACKHOLE, b"")

    def delay(self, index: int, milliseconds: int) -> None:
        """Have packets wait before they leave by a link, by the kernel's netem: ENOENT where it has none."""
        options = _NETEM.pack(_MOST_DELAYED) + _attribute(
            TCA_NETEM_LATENCY64, struct.pack("=q", milliseconds * 1_000_000)
        )
        body = _QUEUE.pack(index, 0, TC_H_ROOT, 0) + _attribute(TCA_KIND, "netem") + _attribute(TCA_OPTIONS, options)
        self._add(RTM_NEWQDISC, body, f"delay on link {index}", NLM_F_CREATE | NLM_F_REPLACE)

    def undelay(self, index: int) -> None:
        """Let packets leave by a link at once again."""
        self._add(RTM_DELQDISC, _QUEUE.pack(index, 0, TC_H_ROOT, 0), f"no delay on link {index}", 0)

    def _rule(self, version: Version, priority: int, action: int, attributes: bytes) -> None:
        head = struct.pack("=BBBBBBBBI", _FAMILY[version], 0, 0, 0, 0, 0, 0, action, 0)
        self._add(RTM_NEWRULE, head + _attribute(FRA_PRIORITY, priority) + attributes, f"rule {priority}")

    def flush(self) -> None:
        """Send the queued messages. Raise OSError that names the first message which the kernel rejected.

        A route that is to be deleted may be gone already.
        """
        failure: OSError | None = None
        while self._queue:
            batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
            self._socket.send(b"".join(_message(n, *message) for n, message in enumerate(batch)))
            for number, error in self._acknowledgements(len(batch)):
                if error and failure is None and (batch[number][0], error) != (RTM_DELROUTE, errno.ESRCH):
                    failure = OSError(error, f"{batch[number][3]}: {os.strerror(error)}")
        if failure is not None:
            raise failure

    def discard(self) -> None:
        """Discard the queued messages after an earlier failure."""
        self._queue.clear()

    def _acknowledgements(self, count: int) -> list[tuple[int, int]]:
        answers: list[tuple[int, int]] = []
        while len(answers) < count:
            data = self._socket.recv(1 << 18)
            offset = 0
            while offset < len(data):
                length, kind, _, sequence, _ = _HEADER.unpack_from(data, offset)
                if kind == NLMSG_ERROR:
                    answers.append((sequence, -struct.unpack_from("=i", data, offset + 16)[0]))
                offset += (length + 3) & ~3
        return answers

    def _route(
        self, message: int, destination: IPNetwork, table: int, scope: int, kind: int, link: int,
        via: IPAddress | None,
    ) -> None:  # fmt: skip
        flags = RTNH_F_ONLINK if via else 0
        length, short_table = destination.prefixlen, table if table < 256 else 0
        body = _ROUTE.pack(_FAMILY[destination.version], length, 0, 0, short_table, RTPROT_BOOT, scope, kind, flags)
        body += _attribute(RTA_TABLE, table)
        if length:
            body += _attribute(RTA_DST, destination.network_address.packed)
        if link:
            body += _attribute(RTA_OIF, link)
        if via:
            body += _attribute(RTA_GATEWAY, via.packed)
        create = NLM_F_CREATE | NLM_F_REPLACE if message == RTM_NEWROUTE else 0
        self._add(message, body, f"route {destination} in table {table}", create)

    def _add(self, kind: int, body: bytes, what: str, flags: int = NLM_F_CREATE | NLM_F_EXCL) -> None:
        self._queue.append((kind, flags, body, what))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _way_out(link: int, via: IPAddress) -> bytes:
    family, table, scope = _FAMILY[via.version], TABLE_MAIN, RT_SCOPE_UNIVERSE
    body = _ROUTE.pack(family, 0, 0, 0, table, RTPROT_BOOT, scope, RTN_UNICAST, RTNH_F_ONLINK)
    return body + _attribute(RTA_OIF, link) + _attribute(RTA_GATEWAY, via.packed) + _attribute(RTA_PRIORITY, link)


def _message(sequence: int, kind: int, flags: int, body: bytes, _what: str) -> bytes:
    return _HEADER.pack(16 + len(body), kind, NLM_F_REQUEST | NLM_F_ACK | flags, sequence, 0) + body
