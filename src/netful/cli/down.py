"""`netful down`: stop the running stack, and wait until all of it is gone."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import Annotated

from cyclopts import Parameter

from netful.cli.options.stacks import StackOptions, stack_name
from netful.model.core.errors import StackError
from netful.stack.control.client import Client, NoAnswerError
from netful.stack.control.folder import StackFolder, running


def down(
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    force: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Stop the running stack. It is not an error if none is running.

    Parameters
    ----------
    all_
        Stop all running stacks and accounts of this user.
    force
        Kill the stack's process, which ends everything of the stack with it, also if it does not answer.
    """
    for name in running() if all_ else [stack_name(stack)]:
        if kill(name) if force else end(name):
            print(f"{name} is down")
        else:
            print(f"{name} is not running", file=sys.stderr)
    return 0


def kill(name: str) -> bool:
    """Kill a stack's process and remove what it leaves; if it is not running, remove what it left and return False."""
    folder = StackFolder(name)
    owner = folder.owner()
    if owner is not None:
        with folder.until_ended(), suppress(ProcessLookupError):
            os.kill(owner, signal.SIGKILL)
    folder.sweep()
    return owner is not None


def end(name: str) -> bool:
    """Stop a stack and wait for its last process; if it is not running, remove what it left and return False."""
    folder = StackFolder(name)
    with folder.until_ended():
        try:
            with Client(name) as client:
                client.call("down")
        except NoAnswerError:
            raise
        except StackError:
            owner = folder.owner()
            if owner is None:
                folder.sweep()
                return False
            with suppress(ProcessLookupError):
                os.kill(owner, signal.SIGTERM)  # the daemon does not listen yet: it is starting
    return True
