"""The kernel's answer to a question: try from every start to every address, all at once, over TCP, UDP or ICMP."""

import errno
import itertools
import select
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

from netful.engine.names.resolution import resolve
from netful.engine.trace.ends.destinations import AddressDestination, HostDestination, InterfaceDestination
from netful.engine.trace.ends.sources import Outside
from netful.model.network.addresses import INTERNET6_CLIENT, INTERNET_CLIENT
from netful.model.network.protocols import ICMP, TCP, UDP
from tests.helpers.far_ends import NUMBER, PING_SOCKETS, FarEnds, read_ping, wait

AGAIN_SECONDS = 0.4
_numbers = itertools.count()


@dataclass(frozen=True)
class Ended:
    """How an attempt ended: open, timeout, unreachable or dns; and as whom the far end saw it ("" where none did)."""

    outcome: str
    seen_as: str = ""


@dataclass
class Attempt:
    """An attempt on its way. Its packets carry its number, so that none of an earlier attempt is taken for one of them."""

    question: int
    place: object
    address: object
    protocol: int
    port: int
    sock: socket.socket | None = None
    event: int = select.POLLIN
    outcome: str = ""
    number: int = field(default_factory=lambda: next(_numbers) % 0x10000)


def outcomes(fabric, thread, questions, seconds):
    """For each question, how its attempts ended; `seconds` in which nothing comes anywhere are a timeout."""
    places, attempts = [], []
    try:
        for number, question in enumerate(questions):
            service = question.target.service
            for start in question.sources:
                place = _stand(fabric, thread, start)
                places.append(place)
                found = _addresses(fabric.cloud, question, start)
                attempts += [Attempt(number, place, a, service.protocol, service.ports.first) for a in found]
        asked = [(a.address, a.protocol, a.port) for a in attempts if a.address is not None]
        far_ends = FarEnds(fabric, thread, asked)
        try:
            _try_all(thread, attempts, far_ends, seconds)
        finally:
            far_ends.close()
        for attempt in attempts:
            if attempt.outcome == "open" and attempt.number not in far_ends.seen:
                attempt.outcome = "timeout"  # connected, and then nothing comes through
        ended = [Ended(a.outcome, _seen_as(a, far_ends.seen.get(a.number, ""))) for a in attempts]
        return [
            [end for a, end in zip(attempts, ended, strict=True) if a.question == number]
            for number in range(len(questions))
        ]
    finally:
        for place in places:
            thread.run(place.release)


def _seen_as(attempt, address):
    """The address that was seen; each client on the internet has one of its own, and all stand for the first."""
    if attempt.place.name != "internet":
        return address
    offset = int(attempt.place.address) - int(INTERNET_CLIENT)
    return next(
        (str(first) for first in (INTERNET_CLIENT, INTERNET6_CLIENT) if address == str(first + offset)), address
    )


def _stand(fabric, thread, start):
    if start.outside is Outside.ON_PREMISES:
        return thread.run(fabric.positions.on_premises)
    if start.interface is None:
        outside = start.outside in {Outside.INTERNET, Outside.INTERNET6}
        return thread.run(fabric.positions.internet) if outside else thread.run(fabric.positions.sandbox, None)
    if start.interface.owner == "lambda":
        return thread.run(fabric.positions.sandbox, start.interface)
    return thread.run(fabric.positions.interface, start.interface.id)


def _addresses(cloud, question, start):
    """What a client there would try; None when the name gives nothing."""
    match question.target:
        case HostDestination(host=host):
            vpc = cloud.network.vpc_of(start.interface.subnet_id) if start.interface else None
            answer = resolve(cloud, vpc.id if vpc else None, host)
            return _common(cloud, start, answer.addresses, answer.ipv6_addresses) or (None,)
        case AddressDestination(network=network, named=named):
            return _common(cloud, start, (network.network_address,), ()) if named else (network.network_address,)
        case InterfaceDestination(interfaces=interfaces):
            if start.outside is Outside.INTERNET6:
                return tuple(eni.ipv6_address for eni in interfaces)
            if start.outside is Outside.INTERNET:  # from there it is the public address that is dialled
                return tuple(next(iter(eni.public_addresses()), eni.private_ip_address) for eni in interfaces)
            if start.interface is None:
                return tuple(eni.private_ip_address for eni in interfaces)
            own = [[(a,) if a else () for a in (eni.private_ip_address, eni.ipv6_address)] for eni in interfaces]
            return tuple(address for addresses in own for address in _common(cloud, start, *addresses))


def _common(cloud, start, four, six):
    """The addresses that a client tries: of a family that it has, by NAT64 if it can, else those that it cannot reach."""
    if start.interface is None or (four and start.interface.private_ip_address):
        return four or six
    if six and start.interface.ipv6_address:
        return six
    if cloud.network.subnets[start.interface.subnet_id].enable_dns64 and not start.interface.private_ip_address:
        return tuple(ip_address(f"64:ff9b::{address}") if address.version == 4 else address for address in six or four)
    return four or six


def _try_all(thread, attempts, far_ends, seconds):
    for attempt in attempts:
        if attempt.address is None:
            attempt.outcome = "dns"
        else:
            _begin(thread, attempt)
    waiting = {a.sock.fileno(): a for a in attempts if a.sock is not None}
    silent = 0.0
    while silent < seconds:
        untold = [a for a in attempts if a.outcome == "open" and a.number not in far_ends.seen]
        if not waiting and not untold:
            break
        patience = min(seconds - silent, AGAIN_SECONDS)
        ready = wait(far_ends, [(a.sock, a.event) for a in waiting.values()], patience)
        for fd in ready or ():
            attempt = waiting[fd]
            attempt.outcome = _outcome(attempt)
            if attempt.outcome:
                del waiting[fd]
        if ready is None:
            silent += patience
            for attempt in waiting.values():
                _send(attempt)
    for attempt in attempts:
        attempt.outcome = attempt.outcome or "timeout"
        if attempt.sock is not None:
            attempt.sock.close()


def _begin(thread, attempt):
    """Send the first packet."""
    where = (str(attempt.address), attempt.port)
    family, icmp = PING_SOCKETS[attempt.address.version]
    try:
        if attempt.protocol == TCP:
            attempt.sock, attempt.event = thread.run(attempt.place.socket, socket.SOCK_STREAM, family), select.POLLOUT
            with suppress(BlockingIOError):
                attempt.sock.connect(where)
        elif attempt.protocol == UDP:
            attempt.sock = thread.run(attempt.place.socket, socket.SOCK_DGRAM, family)
            attempt.sock.connect(where)
        else:
            assert attempt.protocol == ICMP
            attempt.sock = thread.run(attempt.place.netns.socket, socket.SOCK_RAW, family, icmp)
        _send(attempt)
    except OSError as refusal:
        if refusal.errno != errno.ENETUNREACH:
            raise
        attempt.sock.close()  # the client has no address of that family, and hears so at once
        attempt.sock, attempt.outcome = None, "unreachable"


def _send(attempt):
    """Send a packet of what does not send again by itself: the first may be lost, as a link is up a moment after it is made."""
    if attempt.protocol == UDP:
        attempt.sock.send(NUMBER.pack(attempt.number))
    elif attempt.protocol == ICMP:
        attempt.sock.sendto(_ping(attempt.address.version, attempt.number), (str(attempt.address), 0))


def _ping(version, number):
    """An echo request: type, code, checksum (which the kernel fills in for IPv6), identifier, sequence."""
    kind = 8 if version == 4 else 128
    total = (kind << 8) + 0x100 + number
    return struct.pack(">BBHHH", kind, 0, ~(total + (total >> 16)) & 0xFFFF, 0x100, number)


def _outcome(attempt):
    """How an attempt ended; "" when what came is not its answer."""
    if attempt.protocol == TCP:
        code = attempt.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            attempt.sock.send(NUMBER.pack(attempt.number))
        # A refusal comes from the far end itself: nothing listens there, but the way is open.
        return "open" if code == 0 else "refused" if code == errno.ECONNREFUSED else errno.errorcode[code]
    if attempt.protocol == ICMP:  # it hears every ICMP message of its namespace
        kind, _, sender = read_ping(attempt.sock)
        return "open" if kind in {0, 129} and ip_address(sender) == attempt.address else ""
    attempt.sock.recv(2048)
    return "open"
