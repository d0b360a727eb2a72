"""Process of the page: `python -m netful.console.process STACK PORT READY_FD`, started by `start`.

It listens, and reports its address to the daemon and to its parent. The daemon keeps that connection open while the stack runs;
the process ends when it closes.
"""

import asyncio
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from zlib import crc32

import uvicorn

from netful.console.site import site
from netful.console.stack_client import StackClient
from netful.console.subject import RunningStack, Subject
from netful.model.core import StackError

_ADDRESS = "127.0.0.1"
_FIRST_PORT, _PORTS = 24800, 200


def start(stack: str, port: int = 0) -> str:
    """Start the page of a running stack on a port, or on its own; return its address."""
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
        listener = listen(stack, port)
    except OSError as error:
        sys.exit(f"port {port}: {error.strerror}")
    asyncio.run(_run(stack, listener, ready))


def listen(name: str, port: int) -> socket.socket:
    """Return a listening socket: at a port, or at 0 the one that belongs to a name; if that is taken, at a free one."""
    if not port:
        try:
            return socket.create_server((_ADDRESS, _FIRST_PORT + crc32(name.encode()) % _PORTS), backlog=64)
        except OSError:
            pass
    return socket.create_server((_ADDRESS, port), backlog=64)


def serve(subject: Subject, listener: socket.socket, report: Callable[[str], None]) -> None:
    """Serve the page of templates until Ctrl-C, and report its address."""
    server, address = _server(subject, listener)

    async def run() -> None:
        serving = asyncio.create_task(server.serve([listener]))
        report(address)
        await serving

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


class _Server(uvicorn.Server):
    """A server that ends the streams of events at Ctrl-C: it waits for responses, and a stream has no end of its own."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Tell the streams, then do as any server."""
        self.config.app.state.closing.set()  # type: ignore[union-attr]  # the application of `site`
        super().handle_exit(sig, frame)


def _server(subject: Subject, listener: socket.socket) -> tuple[uvicorn.Server, str]:
    """Return the server of a page, and its address with a new token."""
    token = secrets.token_urlsafe()
    app = site(subject, token)
    server = _Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    return server, f"http://{_ADDRESS}:{listener.getsockname()[1]}/#token={token}"


async def _run(stack: str, listener: socket.socket, ready: int) -> None:
    link = StackClient(stack)
    server, address = _server(RunningStack(link), listener)
    serving = asyncio.create_task(server.serve([listener]))
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
