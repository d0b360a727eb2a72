"""The kernel's answer to a question: connect from every start to every address, all at once."""

import errno
import select
import socket
import time

from netful.engine.names import resolve
from netful.engine.places import AddressTarget, HostTarget, InterfaceTarget, Outside


def outcomes(fabric, thread, questions, seconds):
    """For each question, the ways in which its attempts ended, and the sources that doors saw.

    A way is open, timeout or dns; `seconds` without an answer are a timeout.
    """
    places = []
    try:
        attempts = []
        for number, question in enumerate(questions):
            for start in question.starts:
                place = _stand(fabric, thread, start)
                places.append(place)
                attempts += [(number, place, a, _port(question)) for a in _addresses(fabric.cloud, question, start)]
        ended = _connect(thread, attempts, seconds)
        return [{outcome for (n, *_), outcome in zip(attempts, ended, strict=True) if n == number}
                for number in range(len(questions))]  # fmt: skip
    finally:
        for place in places:
            thread.run(place.release)


def _stand(fabric, thread, start):
    if start.interface is None:
        outside = start.outside is Outside.INTERNET
        return thread.run(fabric.internet_position) if outside else thread.run(fabric.sandbox_position, None)
    if start.interface.owner == "lambda":
        return thread.run(fabric.sandbox_position, start.interface)
    return thread.run(fabric.interface_position, start.interface.id)


def _addresses(cloud, question, start):
    """What a client there would connect to; None when the name gives nothing."""
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


def _port(question):
    return question.target.service.ports.first


def _connect(thread, attempts, seconds):
    ended, waiting = [None] * len(attempts), {}
    for number, (_, place, address, port) in enumerate(attempts):
        if address is None:
            ended[number] = "dns"
            continue
        sock = thread.run(place.socket, socket.SOCK_STREAM)
        code = sock.connect_ex((str(address), port))
        if code == errno.EINPROGRESS:
            waiting[sock.fileno()] = (sock, number)
        else:
            ended[number] = _named(code)
            sock.close()
    deadline = time.monotonic() + seconds
    while waiting and (left := deadline - time.monotonic()) > 0:
        poll = select.poll()
        for fd in waiting:
            poll.register(fd, select.POLLOUT)
        for fd, _ in poll.poll(left * 1000):
            sock, number = waiting.pop(fd)
            ended[number] = _named(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            sock.close()
    for sock, number in waiting.values():
        ended[number] = "timeout"
        sock.close()
    return ended


def _named(code):
    if code in {0, errno.ECONNREFUSED}:
        return "open"  # a refusal comes from the far end itself: nothing listens there, but the way is open
    return errno.errorcode[code]
