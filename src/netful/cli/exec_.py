"""`netful exec`: run a command from a position in the stack's network."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

from cyclopts import Parameter

from netful.cli.options.stacks import StackOptions, stack_name
from netful.stack.control.client import Client

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def exec_(
    source: str,
    command: Annotated[tuple[str, ...], Parameter(allow_leading_hyphen=True)],
    /,
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Run a command from inside the stack's network, with the addresses, DNS, routes and groups of SOURCE. Exit with its exit code.

    Parameters
    ----------
    source:
        A function, `subnet:SubnetId+SgId`, an instance, or `internet`.
    command:
        The command, after `--`.
    """
    fds = tuple(stream.fileno() for stream in (sys.stdin, sys.stdout, sys.stderr))
    with Client(stack_name(stack)) as client:

        def forward(number: int, _frame: FrameType | None) -> None:
            client.send({"signal": number})

        for number in _FORWARDED:
            signal.signal(number, forward)
        arguments = {"source": source, "command": list(command), "env": dict(os.environ), "cwd": str(Path.cwd())}
        code: int = client.conclude(client.stream("exec", fds=fds, **arguments))
    return code
