"""A capture: packet sockets at the routers' ends of interfaces' links, and a thread that passes on what they receive.

A packet is seen where the interface sends it, before any filter, and where the router delivers it, behind all filters and
translations. What is sent and not delivered was dropped in between.
"""

import ctypes
import select
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from netful.fabric.captures.filters import SNAPSHOT, Filter, admits
from netful.fabric.captures.headers import headers_of
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.polling_thread import PollingThread
from netful.model.core import Frozen

_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_PACKET_OUTGOING = 4
_SO_ATTACH_FILTER, _SO_TIMESTAMPNS = 26, 35
_BUFFER = 16 << 20
_TIME = struct.Struct("@ll")
_AT_ONCE = 256


class Link(Frozen):
    """The router's end of an interface's link."""

    netns: Netns
    name: str


class Captured(Frozen):
    """A packet: the number of its link, its time in nanoseconds, and its frame; `outbound` if the interface sent it."""

    link: int
    at_ns: int
    outbound: bool
    frame: bytes
    length: int


Sink = Callable[[list[Captured]], None]


@dataclass
class Capture:
    """A capture, from `start` (namespace thread) to `close`. `failure` is the error that ended it, and `over` is then called."""

    sink: Sink
    over: Callable[[], object]
    packets: int = 0
    dropped: int = 0
    failure: OSError | None = None
    _words: list[str] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _thread: PollingThread | None = None

    def start(self, links: Sequence[Link], chosen: Filter) -> None:
        """Begin to capture."""
        self._words = chosen.words
        try:
            self._sockets += (_tap(link, chosen) for link in links)
        except BaseException:
            self._close_sockets()
            raise
        self._thread = PollingThread(self._run, "capture")

    def close(self) -> None:
        """End the capture; `packets` and `dropped` are then final."""
        if self._thread is None:
            return
        self._thread.end()
        self._thread = None
        for one in self._sockets:
            self.dropped += struct.unpack("=II", one.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        self._close_sockets()

    def _close_sockets(self) -> None:
        for one in self._sockets:
            one.close()
        self._sockets.clear()

    def _run(self, ended: int) -> None:
        numbers = {one.fileno(): number for number, one in enumerate(self._sockets)}
        try:
            with select.epoll() as ready:
                for descriptor in (*numbers, ended):
                    ready.register(descriptor, select.EPOLLIN)
                while True:
                    found = [number for number, _ in ready.poll()]
                    taken = [one for number in found if number in numbers for one in self._take(numbers[number])]
                    if taken:
                        self.packets += len(taken)
                        self.sink(sorted(taken, key=lambda one: one.at_ns))
                    if ended in found and not taken:
                        return
        except OSError as failure:  # the reader is gone, or the disk is full
            self.failure = failure
            self.over()

    def _take(self, number: int) -> list[Captured]:
        """Return the packets that wait at a socket, but not more than some at once."""
        taken: list[Captured] = []
        while len(taken) < _AT_ONCE:
            try:
                frame, extra, _, (_, _, kind, *_) = self._sockets[number].recvmsg(SNAPSHOT, 128, socket.MSG_TRUNC)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:  # the link is gone, and with it what could still come
                break
            if self._words and not _meets(self._words, frame):
                continue
            seconds, nanoseconds = _TIME.unpack_from(extra[0][2]) if extra else (0, 0)
            at_ns = seconds * 1_000_000_000 + nanoseconds
            taken.append(Captured(number, at_ns, kind != _PACKET_OUTGOING, frame, len(frame)))
        return taken


def _meets(words: list[str], frame: bytes) -> bool:
    headers = headers_of(frame, len(frame))
    return headers is not None and admits(words, headers)


def _tap(link: Link, chosen: Filter) -> socket.socket:
    """Return a socket that receives the packets of a link that a filter admits."""
    tap = link.netns.socket(socket.SOCK_RAW, socket.AF_PACKET)  # receives nothing before it is bound
    if chosen.program:
        program = b"".join(struct.pack("=HBBI", *one) for one in chosen.program)
        held = ctypes.create_string_buffer(program, len(program))
        tap.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(chosen.program), ctypes.addressof(held))
        )
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    tap.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    with link.netns.inside():
        tap.bind((link.name, _ETH_P_ALL))
    return tap
