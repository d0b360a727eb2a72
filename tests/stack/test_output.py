"""A program's output: all of it, and a descriptor that is closed once."""

import asyncio
import os
import socket
import threading

import uvloop

from netful.stack.network.output import follow


def test_all_of_it_is_read():
    async def scenario():
        reading, writing = os.pipe()
        parts = []
        following = asyncio.ensure_future(follow(reading, parts.append))
        await asyncio.to_thread(os.write, writing, b"x" * 200_000)
        await asyncio.to_thread(os.write, writing, b"the end")
        os.close(writing)
        await following
        return b"".join(parts)

    assert uvloop.run(scenario()) == b"x" * 200_000 + b"the end"


def test_no_descriptor_of_another_thread_is_closed():
    """Other threads open sockets all the while: each must still be its own when it is closed."""
    stop, lost = threading.Event(), []

    def open_and_close():
        while not stop.is_set():
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                opened.close()
            except OSError as gone:
                lost.append(gone)

    async def scenario():
        for _ in range(3000):
            reading, writing = os.pipe()
            os.close(writing)
            await follow(reading, lambda _: None)

    others = [threading.Thread(target=open_and_close) for _ in range(3)]
    for other in others:
        other.start()
    try:
        uvloop.run(scenario())
    finally:
        stop.set()
        for other in others:
            other.join()
    assert lost == []
