"""The daemon of a stack: `python -m netful.stack.daemon SETTINGS READY_FD`, started by `launch`.

The daemon owns everything that runs. Namespaces and sockets live by its descriptors; sandboxes and back ends are its
children. When the daemon ends, for whatever reason, all of them end. It reports to the process that started it, in JSON
lines on READY_FD: {"progress": …}…, then {"ready": status} or {"error": …}.
"""

import asyncio
import contextlib
import errno
import gc
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
from netful.model.core import NetfulError, RightsError, StackError
from netful.stack.control import wire
from netful.stack.control.control import ControlServer
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.control.shortages import shortage

log = logging.getLogger("netful.stack")

_WATCH_SECONDS = 1.0
_FAREWELL_SECONDS = 2.0
_DESCRIPTORS = 131_072
_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EAFNOSUPPORT)


class Reporter:
    """Reports to the process that started the daemon. They end when the daemon is ready or has failed."""

    def __init__(self, fd: int) -> None:
        self._file = os.fdopen(fd, "w", encoding="utf-8", buffering=1)

    def say(self, **message: Any) -> bool:
        """Send a line; ignore a reader that is gone."""
        try:
            self._file.write(json.dumps(message) + "\n")
        except (OSError, ValueError):  # the reader is gone, or closed the pipe after the `ready` line
            return False
        return True

    def close(self) -> None:
        """End the reports."""
        with contextlib.suppress(OSError):
            self._file.close()


def main() -> int:
    """Build the stack and run it until a signal or a verb ends it."""
    settings = Settings.from_json(sys.argv[1])
    reporter = Reporter(int(sys.argv[2]))
    os.set_inheritable(int(sys.argv[2]), False)  # noqa: FBT003  # the os's own interface
    # Sandboxes of another user read what is written for them; the stack's folder is closed to all others.
    os.umask(0o022)
    folder = StackFolder(settings.name)
    signal.signal(signal.SIGTERM, _leave)
    try:
        folder.take()
        _log_to(folder.log)
        _gain_rights()
        _gain_descriptors()
        uvloop.run(_run(settings, folder, reporter))
    except Exception as fault:
        if not isinstance(fault, NetfulError):
            log.exception("the stack failed")
        reporter.say(**wire.from_error(_reported(fault)))
        return 1
    finally:
        folder.leave()
    return 0


def _leave(_number: int, _frame: object) -> None:
    """End in order also before the event loop runs."""
    sys.exit(1)


def _reported(fault: Exception) -> NetfulError:
    """Return the error to report: rights that the machine withholds, a full disk, or a bug, with its place."""
    withheld = isinstance(fault, RightsError) or (isinstance(fault, OSError) and fault.errno in _REFUSALS)
    if withheld and (missing := rights.find_rights().error()) is not None:
        return missing
    if isinstance(fault, NetfulError):
        return fault
    short = shortage(fault)
    if short is not None:
        return short
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return StackError(f"netful failed: {type(fault).__name__}: {fault}", why=f"at {place}; this is a bug in netful")


def _gain_rights() -> None:
    """Get the rights to build networks, before the process has a second thread (fabric §6)."""
    if rights.is_root():
        return
    try:
        rights.enter_user_namespace()
    except OSError:
        rights.find_rights().require()
        raise


def _gain_descriptors() -> None:
    """Raise the limit of open descriptors above the 1,024 of most shells, as far as the host allows.

    The limit stays bounded: some programs allocate memory for every descriptor that they might have.
    """
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, _DESCRIPTORS)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _run(settings: Settings, folder: StackFolder, reporter: Reporter) -> None:
    gc.disable()  # what is imported and built now stays: it is never searched for garbage
    # these imports start threads: import them after the user namespace is made
    from netful.stack.proposals import proposals  # noqa: PLC0415
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
        gc.freeze()
        gc.enable()
        async with _controlled(ControlServer(folder.control, handlers(stack))):
            if stack.ended.is_set():
                raise StackError("the stack was ended while it started")
            now = status(stack)
            now["next"] = await asyncio.to_thread(lambda: list(proposals(stack.cloud, now)))
            if not reporter.say(ready=now | {"start": stack.start_times.to_json()}):
                raise StackError("the process that started the stack has gone")
            reporter.close()
            await stack.ended.wait()
    finally:
        watch.cancel()
        await stack.close()


@contextlib.asynccontextmanager
async def _controlled(server: ControlServer) -> AsyncIterator[None]:
    """Answer verbs while the block runs. Answers that are not complete at its end get a moment."""
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        await server.finish(_FAREWELL_SECONDS)
        serving.cancel()


async def _watch(folder: StackFolder, ended: asyncio.Event) -> None:
    """End the stack when its folder is gone: no client can reach the stack any more."""
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
