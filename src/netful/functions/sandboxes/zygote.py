"""Daemon side of a zygote: it starts the process and sends it orders, without blocking the event loop.

The process belongs to the thread that calls `start` and ends with it (fabric §3), so that must be the thread of the event loop.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from netful.fabric.kernel.descriptor_post import DescriptorPost
from netful.functions.code.runtime_path import runtime_path
from netful.functions.code.runtimes import Interpreter
from netful.functions.inside import control, private_files, privileges
from netful.model.core import RightsError

_OWN_CODE = Path(str(files("netful")))
_END_SECONDS = 5


class Zygote:
    """A running zygote. `ended` is set when it has ended, with all its sandboxes; `unused` while it has no environments."""

    def __init__(self, process: subprocess.Popen[bytes], sock: socket.socket) -> None:
        self.ended, self.unused = asyncio.Event(), asyncio.Event()
        self.unused.set()
        self._environments: set[str] = set()
        self._process = process
        self._socket = sock
        self._post = DescriptorPost(sock)
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._loop.add_reader(sock, self._on_readable)

    @classmethod
    async def start(
        cls,
        *,
        root: Path,
        packages: dict[str, Path],
        clients: tuple[str, ...],
        ca_bundle: Path,
        java_trust: Path | None,
    ) -> Zygote:
        """Start a zygote whose sandboxes can mount these packages, and wait until it takes orders."""
        interpreter, runtime = Interpreter.at_hand(), runtime_path()
        _require_readable(interpreter.prefix, _OWN_CODE, *map(Path, runtime.values()))
        root.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # once, before anything is served
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003  # the standard library's own signature
        with theirs, (root.parent / f"{root.name}.log").open("wb") as errors:
            process = subprocess.Popen(  # noqa: ASYNC220  # this very thread must be the parent, and it takes 1 ms
                [str(interpreter.prefix / interpreter.program), *control.program("root", str(_OWN_CODE.parent))],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_variables(interpreter),
                cwd="/",
                start_new_session=True,
            )
        zygote = cls(process, ours)
        zygote._send(
            {
                "root": str(root),
                "python": str(interpreter.prefix),
                "interpreter": interpreter.program,
                "runtime_path": runtime,
                "own_code": str(_OWN_CODE),
                "packages": {name: str(folder) for name, folder in packages.items()},
                "ca_bundle": str(ca_bundle),
                "java_trust": str(java_trust or ""),
            }
        )
        zygote._send({"clients": clients})
        answer = await zygote._ready
        if "failed" in answer:
            await zygote.close()
            raise RightsError("a sandbox cannot be made on this machine", why=answer["failed"])
        return zygote

    def start_sandbox(self, order: dict[str, Any], descriptors: list[int]) -> None:
        """Fork a sandbox with a network namespace, a log, a status pipe, and a log for extensions if it has any.

        The status pipe reports its events. The caller keeps the descriptors.
        """
        self._environments.add(order["environment"])
        self.unused.clear()
        self._send({"do": "start", **order}, descriptors)

    def kill(self, environment: str) -> None:
        """Kill the sandbox of an environment, if it has one."""
        self._send({"do": "kill", "environment": environment})

    def release(self, environment: str) -> None:
        """Remove an environment, with its /tmp."""
        self._send({"do": "release", "environment": environment})
        self._environments.discard(environment)
        if not self._environments:
            self.unused.set()

    async def close(self) -> None:
        """End the zygote and all its sandboxes, and wait for it."""
        if not self.ended.is_set():
            self._process.kill()
            await self.ended.wait()

    def _send(self, message: dict[str, Any], descriptors: Iterable[int] = ()) -> None:
        if not self.ended.is_set():
            self._post.send(json.dumps(message).encode(), descriptors)

    def _on_readable(self) -> None:
        try:
            data = self._socket.recv(control.PACKET)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if data:
            self._ready.set_result(json.loads(data))
        else:
            self._on_end()

    def _on_end(self) -> None:
        self._loop.remove_reader(self._socket)
        self._post.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)  # its last descriptor is closed: it is a zombie, or will be at once
        if not self._ready.done():
            self._ready.set_result({"failed": f"the process ended with {self._process.returncode}"})
        self.ended.set()


def _require_readable(*places: Path) -> None:
    """Raise RightsError if sandboxes run as another user, who may not read a place of the interpreter or of the packages."""
    private = next((place for place in places if not private_files.is_public(place)), None)
    if private is not None and privileges.has_many_ids():
        raise RightsError(
            "sandboxes cannot read what functions run on",
            why=f"only its owner may read `{private}`, and sandboxes run as another user",
            hint=f"chmod -R go+rX {private.parent if str(private.parent) in sys.path else private}",
        )


def _variables(interpreter: Interpreter) -> dict[str, str]:
    return {
        "DAEMON_PID": str(os.getpid()),
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        # For an interpreter with a shared library: first its own location, then the location inside sandboxes.
        "LD_LIBRARY_PATH": f"{interpreter.prefix}/lib:/var/lang/lib",
    }
