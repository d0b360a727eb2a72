"""The one daemon process of a stack: `python -m netful.stack.daemon SETTINGS READY_FD`, started by `launch`.

It owns everything that runs: namespaces, sockets, sandboxes and back ends live by its descriptors and as its children,
so its end, in whichever way, is the end of all of them. It reports to the process that started it, in JSON lines on
READY_FD: {"progress": …}…, then {"ready": status} or {"error": …}.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvloop

from netful.fabric.kernel import rights
from netful.model.core.errors import NetfulError, StackError
from netful.stack.control import wire
from netful.stack.control.control import ControlServer
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.control.shortages import shortage

log = logging.getLogger("netful.stack")

_WATCH_SECONDS = 1.0
_FAREWELL_SECONDS = 2.0
_DESCRIPTORS = 131_072


class Reporter:
    """The line to the one that started us; closed when we are ready or have failed."""

    def __init__(self, fd: int) -> None:
        self._file = os.fdopen(fd, "w", encoding="utf-8", buffering=1)

    def say(self, **message: Any) -> bool:
        """Send a line; whether somebody listens."""
        try:
            self._file.write(json.dumps(message) + "\n")
        except (OSError, ValueError):  # gone, or closed after it was told that we are ready
            return False
        return True

    def close(self) -> None:
        """End the report."""
        with contextlib.suppress(OSError):
            self._file.close()


def main() -> int:
    """Build the stack and run it until it is told to end."""
    settings = Settings.from_json(sys.argv[1])
    reporter = Reporter(int(sys.argv[2]))
    os.set_inheritable(int(sys.argv[2]), False)  # noqa: FBT003  # the os's own interface
    folder = StackFolder(settings.name)
    signal.signal(signal.SIGTERM, _leave)
    try:
        folder.take()
        _log_to(folder.log)
        _gain_rights()
        _gain_descriptors()
        uvloop.run(_run(settings, folder, reporter))
    except NetfulError as error:
        reporter.say(**wire.from_error(error))
        return 1
    except Exception as fault:
        log.exception("the stack failed")
        reporter.say(**wire.from_error(_told(fault)))
        return 1
    finally:
        folder.leave()
    return 0


def _leave(_number: int, _frame: object) -> None:
    """End in order also before there is an event loop."""
    sys.exit(1)


def _told(fault: Exception) -> NetfulError:
    """What a user is told of a fault that is nobody's error: a full disk, say, or a bug in netful with its place."""
    short = shortage(fault)
    if short is not None:
        return short
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return StackError(f"netful failed: {type(fault).__name__}: {fault}", why=f"at {place}; this is a bug in netful")


def _gain_rights() -> None:
    """Become able to build networks, before there is a second thread (fabric §6)."""
    if rights.is_root():
        return
    try:
        rights.enter_user_namespace()
    except OSError:
        rights.find_rights().require()
        raise


def _gain_descriptors() -> None:
    """Hold more sockets than the 1,024 that most shells begin with, as far as the host allows.

    Not without end: there are programs that make room for each descriptor that they might have.
    """
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, _DESCRIPTORS)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _run(settings: Settings, folder: StackFolder, reporter: Reporter) -> None:
    # These import libraries with threads: after the user namespace.
    from netful.stack.stack import Stack  # noqa: PLC0415
    from netful.stack.status import status  # noqa: PLC0415
    from netful.stack.verbs.verbs import handlers  # noqa: PLC0415

    def progress(text: str) -> None:
        if not reporter.say(progress=text):
            stack.ended.set()

    stack = Stack(settings, folder, progress=progress)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stack.ended.set)
    watch = asyncio.create_task(_watch(folder, stack.ended))
    try:
        await stack.start()
        async with _controlled(ControlServer(folder.control, handlers(stack))):
            if stack.ended.is_set():
                raise StackError("the stack was ended while it started")
            if not reporter.say(ready=status(stack)):
                raise StackError("the process that started the stack has gone")
            reporter.close()
            await stack.ended.wait()
    finally:
        watch.cancel()
        await stack.close()


@contextlib.asynccontextmanager
async def _controlled(server: ControlServer) -> AsyncIterator[None]:
    """Answer verbs meanwhile; answers under way at the end get a moment."""
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        await server.finish(_FAREWELL_SECONDS)
        serving.cancel()


async def _watch(folder: StackFolder, ended: asyncio.Event) -> None:
    """End the stack when its folder is gone: no client can reach it any more."""
    while folder.is_ours():  # noqa: ASYNC110  # a folder that goes sends no event
        await asyncio.sleep(_WATCH_SECONDS)
    log.error("the folder `%s` is gone, and so the stack ends", folder.path)
    ended.set()


def _log_to(path: Path) -> None:
    sys.stderr.flush()
    log_fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(log_fd, 2)
    os.close(log_fd)
    logging.basicConfig(
        filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )


if __name__ == "__main__":
    sys.exit(main())
