"""A relayed connection: it is copied both ways, and gone when both sides have ended it."""

import asyncio
import socket

from netful.services.relays.relay import pass_on
from tests.helpers.processes import ENOUGH_SECONDS


def test_what_one_side_says_last_arrives_and_nothing_is_left_open():
    async def run():
        client, near = socket.socketpair()
        server, far = socket.socketpair()
        with client, server:
            client.sendall(b"question")
            client.shutdown(socket.SHUT_WR)
            server.sendall(b"answer")
            server.shutdown(socket.SHUT_WR)
            streams = [await asyncio.open_connection(sock=sock) for sock in (near, far)]
            await pass_on(*streams)
            for _, writer in streams:
                await writer.wait_closed()
            return near.fileno(), far.fileno(), server.recv(100), client.recv(100)

    assert asyncio.run(asyncio.wait_for(run(), ENOUGH_SECONDS)) == (-1, -1, b"question", b"answer")
