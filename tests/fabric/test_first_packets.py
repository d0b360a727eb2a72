"""Links carry from the start: neither the first packet nor its answer is lost."""

import socket
from ipaddress import IPv4Address, IPv4Network, ip_address
from select import select

import pytest

from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import Node, join_leaf
from netful.fabric.kernel.rtnetlink import Rtnetlink

pytestmark = pytest.mark.packets

SERVER = IPv4Address("10.1.0.1")
LINKS = 200  # without care, the kernel drops some in a hundred first answers


def test_the_first_datagram_and_its_answer_arrive(thread):
    def build():
        router = Node(Netns.create(thread.limbo), router=True)
        router.rtnetlink.local(IPv4Network(SERVER))
        router.rtnetlink.flush()
        return router, router.netns.datagrams(SERVER, 53)

    def answered(router, server, number):
        address = ip_address(f"10.0.0.{number + 1}")
        leaf = Netns.create(thread.limbo)
        link = join_leaf(router, leaf, f"l{number}", [address])
        rtnetlink = Rtnetlink(leaf)
        link.configure(rtnetlink, [address])
        rtnetlink.close()
        with leaf.socket(socket.SOCK_DGRAM) as client:
            client.connect((str(SERVER), 53))
            client.send(b"question")
            if not select([server], [], [], 1)[0]:
                return "no question"
            _, sender = server.recvfrom(100)
            server.sendto(b"answer", sender)
            found = "answer" if select([client], [], [], 1)[0] else "no answer"
        leaf.close()
        return found

    router, server = thread.run(build)
    try:
        assert {thread.run(answered, router, server, number) for number in range(LINKS)} == {"answer"}
    finally:
        server.close()
        router.close()
