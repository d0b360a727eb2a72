"""Start of the daemon, and its reports until it is ready."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from netful.model.core import StackError, extras
from netful.stack.control import wire
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings


def launch(settings: Settings, *, progress: Callable[[str], None]) -> dict[str, Any]:
    """Start a daemon for a stack; return its status when it is ready.

    Raises what the daemon raised: SourceError for a broken template, RightsError, StackError. An interrupt ends the daemon
    before this returns.
    """
    extras.require("run", "a running stack needs")
    folder = StackFolder(settings.name)
    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "netful.stack.daemon", settings.to_json(), str(writing)]
    with subprocess.Popen(
        command, pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True, cwd=settings.cwd,
    ) as daemon:  # fmt: skip
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as messages, _ended_with_us(daemon):
            for line in messages:
                message = json.loads(line)
                if "progress" in message:
                    progress(message["progress"])
                elif "error" in message:
                    raise wire.to_error(message["error"])
                else:
                    daemon.returncode = (
                        0  # the daemon goes on without this process: leaving the block must not wait for it
                    )
                    ready: dict[str, Any] = message["ready"]
                    return ready
        assert daemon.stderr is not None
        last = daemon.stderr.read().decode(errors="replace").strip().rsplit("\n", 1)[-1]
    raise StackError("the daemon ended before it was ready", why=last, hint=f"its log: {folder.log}")


@contextlib.contextmanager
def _ended_with_us(daemon: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a daemon in order if the block is left while it is still starting, so that nothing of it remains."""
    try:
        yield
    except KeyboardInterrupt:
        daemon.terminate()
        daemon.wait()
        raise
