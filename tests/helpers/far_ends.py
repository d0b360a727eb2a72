"""What answers in a fabric: it takes what comes, says something back, and remembers by which address it saw whom.

Every attempt has a number, which is the first thing that its far end is told; so what was seen is known by attempt, also where
a translation on the way leaves nothing of the client's address and port.
"""

import errno
import select
import socket
import struct

from netful.model.network.nat64 import NAT64_BLOCK, extracted
from netful.model.network.protocols import ICMP, TCP, UDP
from tests.helpers.draw_balancers import targets_behind
from tests.helpers.draw_sites import SITE

CLOSED_PORT = 81
"""A port on which nothing listens: a far end refuses connections to it."""
NUMBER = struct.Struct(">I")
_ECHO_REQUEST, _ECHO_REQUEST6 = 8, 128
_SPACE = socket.CMSG_SPACE(20)

PING_SOCKETS = {4: (socket.AF_INET, socket.IPPROTO_ICMP), 6: (socket.AF_INET6, socket.IPPROTO_ICMPV6)}


def _behind_nat64(address):
    return extracted(address) if address in NAT64_BLOCK else address


def read_ping(sock):
    """An ICMP message's type, sequence and sender; with IPv4 its IP header comes along."""
    packet, sender = sock.recvfrom(2048)
    message = packet[20:] if sock.family == socket.AF_INET else packet
    return message[0], struct.unpack(">H", message[6:8])[0], sender[0]


class FarEnds:
    """The listening sockets of a fabric, and those of instances on the ports that are asked for."""

    def __init__(self, fabric, thread, asked):
        self.seen = {}
        self._fabric, self._thread = fabric, thread
        self._own = []
        self._listening = [d.socket for d in fabric.doors if d.purpose in {"https", "http", "echo"}]
        self._datagrams = [d.datagrams for d in fabric.doors if d.purpose == "echo"]
        self._accepted, self._pings = [], []
        if any(protocol == ICMP for _, protocol, _ in asked):
            self._watch_pings()
        transport = [
            (_behind_nat64(address), protocol, port)
            for address, protocol, port in asked
            if protocol in {TCP, UDP} and port != CLOSED_PORT
        ]
        found = {
            (e, e.public_addresses().get(a, a), *p)
            for a, *p in transport
            for e in fabric.cloud.network.interfaces_with(a)
            if e.owner == "instance" and not e.idle
        }
        found |= {(eni, eni.private_ip_address, *p) for a, *p in transport for eni, *p in self._behind(a, *p)}
        for eni, address, protocol, port in found:
            place = self._thread.run(self._fabric.positions.interface, eni.id)
            self._listen(place.netns, address, protocol, port)
        site = fabric.vpcs.on_premises
        for address, protocol, port in {each for each in transport if site and each[0] in SITE}:
            self._listen(site.node.netns, address, protocol, port)

    def _behind(self, address, protocol, port):
        """Yield the targets of load balancers that lead from an address, also by an endpoint to their service."""
        network = self._fabric.cloud.network
        services = {service.service_name for service in network.vpc_endpoint_services.values()}
        for asked in network.interfaces_with(address):
            endpoint = network.vpc_endpoints.get(asked.owner_id)
            offered = endpoint is not None and endpoint.service_name in services
            if asked.owner == "load-balancer" or offered:
                for target, at in targets_behind(self._fabric.cloud, port):
                    if not target.idle:
                        yield target, protocol, at

    def _listen(self, netns, address, protocol, port):
        make = netns.listen if protocol == TCP else netns.datagrams
        sock = self._thread.run(make, address, port)
        self._own.append(sock)
        (self._listening if protocol == TCP else self._datagrams).append(sock)

    def _watch_pings(self):
        """The kernel answers pings; a raw socket beside it sees who asks."""
        nodes, interfaces = [self._fabric.internet.node], self._fabric.cloud.network.network_interfaces
        for network in self._fabric.vpcs.networks:
            nodes += [node.node for _, node in network.endpoints.values()]
            nodes += [o for eni_id, o in network.owners.items() if interfaces[eni_id].owner == "instance"]
        site = self._fabric.vpcs.on_premises
        nodes += [site.node] if site is not None else []
        for node in nodes:
            for family, protocol in PING_SOCKETS.values():
                sock = self._thread.run(node.netns.socket, socket.SOCK_RAW, family, protocol)
                self._own.append(sock)
                self._pings.append(sock)

    def watched(self):
        """What to do for each socket when it is readable."""
        steps = dict.fromkeys(self._listening, self._accept) | dict.fromkeys(self._datagrams, self._answer)
        return steps | dict.fromkeys(self._pings, self._hear_ping) | dict.fromkeys(self._accepted, self._read_number)

    def _accept(self, listener):
        connection, _ = listener.accept()
        connection.setblocking(False)
        self._accepted.append(connection)

    def _read_number(self, connection):
        try:
            data = connection.recv(NUMBER.size)
        except OSError:
            data = b""
        if len(data) == NUMBER.size:
            self.seen[NUMBER.unpack(data)[0]] = connection.getpeername()[0]
        self._accepted.remove(connection)
        connection.close()

    def _answer(self, sock):
        data, ancillary, _, client = sock.recvmsg(2048, _SPACE)
        self.seen[NUMBER.unpack(data)[0]] = client[0]
        try:
            sock.sendmsg([data], ancillary, 0, client)
        except OSError as error:
            if error.errno != errno.ENODEV:  # the link by which the datagram came has failed since
                raise

    def _hear_ping(self, sock):
        kind, sequence, sender = read_ping(sock)
        if kind in {_ECHO_REQUEST, _ECHO_REQUEST6}:
            self.seen[sequence] = sender

    def close(self):
        for sock in (*self._own, *self._accepted):
            sock.close()


def wait(far_ends, more, seconds):
    """Do what there is to do at the far ends, and return which of `more` (sockets and events) are ready; None if all are silent."""
    poll, steps = select.poll(), {sock.fileno(): (sock, step) for sock, step in far_ends.watched().items()}
    for fd in steps:
        poll.register(fd, select.POLLIN)
    for sock, event in more:
        poll.register(sock.fileno(), event)
    found = [fd for fd, _ in poll.poll(seconds * 1000)]
    for fd in found:
        if fd in steps:
            sock, step = steps[fd]
            step(sock)
    return [fd for fd in found if fd not in steps] if found else None
