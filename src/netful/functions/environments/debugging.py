"""Debugging of one function: its environments wait for a debugger.

| runtime | debugger in the sandbox | port |
|---|---|---|
| Python | debugpy, below /opt | 5678 |
| Node.js | its own inspector | 9229 |

While a function is debugged, its time limits do not hold and its processes are not frozen between invocations: a function that
stands at a breakpoint is no timeout, and an idle one accepts breakpoints.
"""

import asyncio
import contextlib
import shutil
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from netful.functions.code import runtimes
from netful.functions.code.prepared_version import PreparedVersion
from netful.functions.code.runtimes import Family
from netful.functions.invocations.attachment import Attachment
from netful.model.core import StackError, extras
from netful.model.functions.function import Code, Function

_LOOPBACK = "127.0.0.1"
_SECONDS = 86_400
_MEMORY_MB = 2048
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Debugger:
    """A debugger: its port in the sandbox, its place in the program's command, after the interpreter, its clients, and how they begin."""

    port: int
    arguments: tuple[str, ...]
    clients: str
    begins: bytes = b""


_DEBUGGERS = {
    Family.PYTHON: _Debugger(
        5678, ("-Xfrozen_modules=off", "/opt/python/debugpy", "--listen", f"{_LOOPBACK}:5678", "--wait-for-client"),
        "debugpy: VS Code, PyCharm",
        b"Content-Length:",
    ),
    Family.NODEJS: _Debugger(9229, (f"--inspect-brk={_LOOPBACK}:9229",), "`node inspect`, VS Code, Chrome"),
}  # fmt: skip


class Debugging:
    """The debugged function, and the way to the debugger in its newest environment."""

    def __init__(self, function: Function) -> None:
        """Raise StackError for a function whose runtime has no debugger here."""
        debugger = _DEBUGGERS.get(runtimes.family_of(function))
        if debugger is None:
            what = f"`{function.id}` cannot be debugged: `--debug` is for Python and Node.js"
            raise StackError(what, origin=function.origin)
        if runtimes.family_of(function) is Family.PYTHON:
            extras.require("debug", "debugging Python needs")
        self.function_id = function.id
        self.port, self.clients, self.begins = debugger.port, debugger.clients, debugger.begins
        self.waits = asyncio.Event()
        """Set while an environment waits for a debugger."""
        self._debugger = debugger
        self._opened = asyncio.Event()
        self._attachment: Attachment | None = None

    def layer(self, folder: Path) -> tuple[Code, ...]:
        """Return what /opt has besides: the debugger of Python, as a layer that is made in a folder."""
        spec = find_spec("debugpy") if self._debugger is _DEBUGGERS[Family.PYTHON] else None
        if spec is None or spec.origin is None:
            return ()
        if not folder.exists():
            shutil.copytree(Path(spec.origin).parent, folder / "python" / "debugpy")
        return (Code(local_path=str(folder)),)

    def prepared(self, version: PreparedVersion) -> PreparedVersion:
        """Return a version whose program waits for the debugger, without limits of time and with memory for it."""
        function, package = version.function, version.package
        interpreter, *rest = package.program or runtimes.python_program()
        unlimited = replace(function, timeout=_SECONDS, memory_size=max(function.memory_size, _MEMORY_MB))
        program = (interpreter, *self._debugger.arguments, *rest)
        return replace(version, function=unlimited, package=replace(package, program=program), debugged=True)

    def opened(self, attachment: Attachment) -> None:
        """Lead debuggers to the environment with this attachment from now on."""
        self._attachment = attachment
        self._opened.set()
        self.waits.set()

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection to the debugger, as soon as there is one: with the next invocation."""
        await self._opened.wait()
        while True:
            assert self._attachment is not None
            sock = await self._attachment.socket()
            with contextlib.suppress(ConnectionRefusedError):  # it is starting
                await asyncio.get_running_loop().sock_connect(sock, (_LOOPBACK, self.port))
                self.waits.clear()
                return await asyncio.open_connection(sock=sock)
            sock.close()
            await asyncio.sleep(_LOOK_SECONDS)
