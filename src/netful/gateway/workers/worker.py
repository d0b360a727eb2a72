"""A worker in the daemon: its process, the stream to it, the transfer of doors."""

import asyncio
import os
import socket
import subprocess
import sys

import msgspec

from netful.fabric.doors.door import Door
from netful.fabric.kernel.descriptor_post import DescriptorPost
from netful.gateway.workers.door_transfer import NumberedDoor
from netful.gateway.workers.process import WorkerGateway
from netful.gateway.workers.stream import Stream
from netful.gateway.workers.worker_requests import WorkerRequests


class Worker:
    """A worker process from its start to its end.

    Start it on a thread that lives as long as the daemon: the process dies with the thread (fabric §3).
    """

    def __init__(self, requests: WorkerRequests) -> None:
        self._requests = requests
        self.stream = Stream()
        requests.begin(self.stream)

    async def start(self) -> None:
        """Start the process, without waiting until it serves."""
        near, far = socket.socketpair()
        post, box = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for sock in (near, post):
            sock.setblocking(False)  # noqa: FBT003  # the socket's own interface
        self._post = DescriptorPost(post)
        with far, box:
            self._process = _spawn(far.fileno(), box.fileno())
        await asyncio.get_running_loop().create_unix_connection(lambda: self.stream, sock=near)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def serve(self, number: int, door: Door, descriptor: int, *, tls: bool) -> None:
        """Make the worker accept connections at a listening socket."""
        numbered = NumberedDoor(number, door.kind.value, door.vpc_id, door.endpoint_id, tls)
        self._post.send(msgspec.msgpack.encode(numbered), [descriptor])

    def shut(self, number: int) -> None:
        """Make the worker accept no more connections at a door."""
        self.stream.say(WorkerGateway.shut, number)

    async def ended(self) -> None:
        """Wait for the worker's end, and give up all of its requests."""
        await self.stream.ended.wait()
        self._requests.end()
        self._post.close()
        self._process.kill()  # the process may live on without its stream
        await asyncio.to_thread(self._process.wait)

    def close(self) -> None:
        """End the worker; `ended` waits until it has ended."""
        self.stream.close()


def _spawn(stream: int, doors: int) -> subprocess.Popen[bytes]:
    """Start a process; its log goes to the daemon's log."""
    module = "netful.gateway.workers.process"
    return subprocess.Popen(
        [sys.executable, "-I", "-m", module, str(os.getpid()), str(stream), str(doors)],
        env={},
        pass_fds=(stream, doors),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # the daemon handles an interrupt at the terminal
    )
