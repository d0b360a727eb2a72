"""Messages with descriptors: in their order, and none once the other process has ended."""

import asyncio
import os
import socket

from netful.fabric.kernel.descriptor_post import DescriptorPost


def _pair():
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    near.setblocking(False)
    return DescriptorPost(near), far


def test_more_than_the_socket_holds_arrives_in_order():
    async def received():
        post, far = _pair()
        with far, socket.socket() as sent:
            for number in range(400):
                post.send(str(number).encode(), [sent.fileno()])
            got = [await asyncio.to_thread(socket.recv_fds, far, 16, 1) for _ in range(400)]
        post.close()
        for _, descriptors, *_ in got:
            for descriptor in descriptors:
                os.close(descriptor)
        return [int(message) for message, *_ in got], {len(descriptors) for _, descriptors, *_ in got}

    assert asyncio.run(received()) == ([*range(400)], {1})


def test_after_its_end_nothing_is_sent():
    async def ended():
        post, far = _pair()
        post.send(b"one")
        post.close()
        post.send(b"two")
        post.close()
        with far:
            return far.recv(16), far.recv(16)

    assert asyncio.run(ended()) == (b"one", b"")
