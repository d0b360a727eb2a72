"""`netful exec`: run a command from a position in the stack's network."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

from netful.cli.options.parameter import Parameter
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
    with Client(stack_name(stack)) as client:
        return run_there(client, source, command, os.environ)


def run_there(client: Client, source: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command from a position with this terminal and folder, and return its exit code."""
    fds = tuple(stream.fileno() for stream in (sys.stdin, sys.stdout, sys.stderr))

    def forward(number: int, _frame: FrameType | None) -> None:
        client.send({"signal": number})

    for number in _FORWARDED:
        signal.signal(number, forward)
    arguments = {"source": source, "command": list(command), "env": dict(environment), "cwd": str(Path.cwd())}
    code: int = client.conclude(client.stream("exec", fds=fds, **arguments))
    return code
