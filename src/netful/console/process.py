"""Process of the page: `python -m netful.console.process STACK PORT READY_FD`, started by `start`.

It listens, and reports its address to the daemon and to its parent. The daemon keeps that connection open while the stack runs;
the process ends when it closes.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys

import uvicorn

from netful.console.site import site
from netful.console.stack_client import StackClient
from netful.model.core.errors import StackError

_ADDRESS = "127.0.0.1"


def start(stack: str, port: int = 0) -> str:
    """Start the page of a running stack on a port, or on a free one; return its address."""
    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "netful.console.process", stack, str(port), str(writing)]
    with subprocess.Popen(
        command, pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as page:  # fmt: skip
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as answer:
            address = answer.readline().strip()
        if address:
            page.returncode = 0  # the process continues alone: leaving the block must not wait for it
            return address
        assert page.stderr is not None
        last = page.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
    raise StackError("the page does not start", why=last)


def main() -> None:
    """Serve until the stack ends."""
    stack, port, ready = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    try:
        listener = socket.create_server((_ADDRESS, port), backlog=64)
    except OSError as error:
        sys.exit(f"port {port}: {error.strerror}")
    asyncio.run(_run(stack, listener, ready))


async def _run(stack: str, listener: socket.socket, ready: int) -> None:
    link, token = StackClient(stack), secrets.token_urlsafe()
    server = uvicorn.Server(
        uvicorn.Config(site(link, token), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve([listener]))
    address = f"http://{_ADDRESS}:{listener.getsockname()[1]}/#token={token}"
    async with link.stream("console", url=address) as messages:
        async for message in messages:
            if "event" in message:  # the daemon has the address
                os.write(ready, f"{address}\n".encode())
                os.close(ready)
                _let_go()
    server.should_exit = True
    await serving


def _let_go() -> None:
    """Detach the standard streams: no program reads them from now on."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 2)
    os.close(nowhere)


if __name__ == "__main__":
    main()
