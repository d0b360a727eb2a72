"""A gateway on the loopback over a template, whose web servers return the body that they are sent: `python -m tests.fuzz.served FILE`."""

import logging
import socket
import sys
import tempfile
from pathlib import Path

import uvloop

from netful.fabric.doors.door import Door, DoorKind
from netful.functions.invocations.invocation import InvokeRefused
from netful.gateway.service import Gateway
from netful.services.front.reception import Reception
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.sources import load


class Echo:
    """Back ends: web servers that return the body, and no functions."""

    async def invoke(self, function_id, _event, _trace_id, _qualifier, _tenant_id=""):
        raise InvokeRefused(404, "ResourceNotFoundException", function_id)

    async def call_host(self, _host, _request):
        return Response(400)

    async def send(self, request):
        return Response(200, (("Content-Type", "application/json"),), request.body)


async def serve(template: Path) -> None:
    """Serve until the standard input ends."""
    import asyncio

    cloud = load([template])
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    reception = Reception(cloud, Authority(Path(tempfile.mkdtemp())), Gateway(cloud, Echo()).answer)
    listening = await reception.listen(Door(DoorKind.INTERNET), sock, tls=False)
    print(sock.getsockname()[1], flush=True)  # noqa: T201  # for its parent
    await asyncio.to_thread(sys.stdin.read)
    listening.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    uvloop.run(serve(Path(sys.argv[1])))
