"""Clients and servers on the loopback for the gateway's own HTTP client."""

import asyncio
import contextlib
import ssl

from netful.engine.integrations.web_requests import web_request
from netful.gateway.integrations.web_client import WebClient


@contextlib.asynccontextmanager
async def server(*answers, tls=None):
    """A server that answers the requests of all connections in turn; None ends the connection instead."""
    heads, rest, connections = [], [*answers], []

    async def serve(reader, writer):
        connections.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                answer = rest.pop(0)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"close" in answer:
                    break
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1], heads, connections
    finally:
        listener.close()


async def dial(request):
    import socket

    sock = socket.socket()
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", request.port))
    return sock


def client(trust=None):
    return WebClient(dial, trust or ssl.create_default_context())


def request(port, method="GET", scheme="http", host="localhost"):
    return web_request(f"{scheme}://{host}:{port}/x?y=1", method, {}, {})
