"""The kernel's answer to a question: try from every start to every address, all at once, over TCP, UDP or ICMP."""

import errno
import select
import socket
import struct
import time
from ipaddress import IPv4Address

from netful.engine.names import resolve
from netful.engine.places import AddressTarget, HostTarget, InterfaceTarget, Outside
from netful.model.filters import ICMP, TCP, UDP

_ECHO_REQUEST = struct.pack(">BBHHH", 8, 0, 0xF7FE - 0x100, 0x100, 1)  # type, code, checksum, identifier, sequence


def outcomes(fabric, thread, questions, seconds):
    """For each question, the ways in which its attempts ended: open, timeout or dns.

    `seconds` without an answer are a timeout.
    """
    places, answering = [], _answering(fabric, thread, questions)
    try:
        attempts = []
        for number, question in enumerate(questions):
            service = question.target.service
            for start in question.starts:
                place = _stand(fabric, thread, start)
                places.append(place)
                found = _addresses(fabric.cloud, question, start)
                attempts += [(number, place, address, service.protocol, service.ports.first) for address in found]
        ended = _try_all(thread, attempts, answering, seconds)
        return [
            {outcome for (n, *_), outcome in zip(attempts, ended, strict=True) if n == number}
            for number in range(len(questions))
        ]
    finally:
        for place in places:
            thread.run(place.release)
        for sock in answering[1]:
            sock.close()


def _answering(fabric, thread, questions):
    """UDP sockets that answer: the internet's, and one on every asked port of every instance."""
    internet = [d.datagrams for d in fabric.doors if d.purpose == "echo"]
    ports = {q.target.service.ports.first for q in questions if q.target.service.protocol == UDP}
    own = []
    for eni in fabric.cloud.network_interfaces.values():
        if eni.owner == "instance":
            place = thread.run(fabric.interface_position, eni.id)
            own += [thread.run(place.netns.datagrams, eni.private_ip_address, port) for port in ports]
    return internet, own


def _stand(fabric, thread, start):
    if start.interface is None:
        outside = start.outside is Outside.INTERNET
        return thread.run(fabric.internet_position) if outside else thread.run(fabric.sandbox_position, None)
    if start.interface.owner == "lambda":
        return thread.run(fabric.sandbox_position, start.interface)
    return thread.run(fabric.interface_position, start.interface.id)


def _addresses(cloud, question, start):
    """What a client there would try; None when the name gives nothing."""
    match question.target:
        case HostTarget(host=host):
            vpc = cloud.vpc_of(start.interface.subnet_id) if start.interface else None
            return resolve(cloud, vpc.id if vpc else None, host).addresses or (None,)
        case AddressTarget(network=network):
            return (network.network_address,)
        case InterfaceTarget(interfaces=interfaces):
            if start.interface is None:  # from outside it is the public address that is dialled
                return tuple(eni.public_ip or eni.private_ip_address for eni in interfaces)
            return tuple(eni.private_ip_address for eni in interfaces)


def _try_all(thread, attempts, answering, seconds):
    ended, waiting = [None] * len(attempts), {}
    for number, (_, place, address, protocol, port) in enumerate(attempts):
        if address is None:
            ended[number] = "dns"
            continue
        sock, event = _begin(thread, place, protocol, (str(address), port))
        waiting[sock.fileno()] = (sock, number, event, address)
    deadline = time.monotonic() + seconds
    while waiting and (left := deadline - time.monotonic()) > 0:
        poll = select.poll()
        for fd, (_, _, event, _) in waiting.items():
            poll.register(fd, event)
        servers = {sock.fileno(): sock for group in answering for sock in group}
        for fd in servers:
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll(left * 1000):
            if fd in servers:
                _echo(servers[fd])
                continue
            sock, number, event, address = waiting[fd]
            outcome = _outcome(sock, event, address)
            if outcome is not None:
                ended[number] = outcome
                del waiting[fd]
                sock.close()
    for sock, number, *_ in waiting.values():
        ended[number] = "timeout"
        sock.close()
    return ended


def _begin(thread, place, protocol, where):
    """Send the first packet; which event will tell of an answer."""
    if protocol == TCP:
        sock = thread.run(place.socket, socket.SOCK_STREAM)
        code = sock.connect_ex(where)
        assert code in {0, errno.EINPROGRESS}, errno.errorcode[code]
        return sock, select.POLLOUT
    if protocol == UDP:
        sock = thread.run(place.socket, socket.SOCK_DGRAM)
        sock.connect(where)
        sock.send(b"?")
        return sock, select.POLLIN
    assert protocol == ICMP
    sock = thread.run(place.netns.socket, socket.SOCK_RAW, socket.AF_INET, socket.IPPROTO_ICMP)
    sock.sendto(_ECHO_REQUEST, (where[0], 0))
    return sock, select.POLLIN


def _outcome(sock, event, address):
    """How an attempt ended; None when what came is not its answer."""
    if event == select.POLLOUT:
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        # A refusal comes from the far end itself: nothing listens there, but the way is open.
        return "open" if code in {0, errno.ECONNREFUSED} else errno.errorcode[code]
    if sock.type == socket.SOCK_RAW:  # it hears every ICMP message of its namespace
        packet, peer = sock.recvfrom(2048)
        return "open" if packet[20] == 0 and IPv4Address(peer[0]) == address else None
    sock.recv(2048)
    return "open"


def _echo(sock):
    data, ancillary, _, client = sock.recvmsg(2048, socket.CMSG_SPACE(12))
    sock.sendmsg([data], ancillary, 0, client)
