"""`netful down`: end the running stack, and wait until nothing of it is left."""

from __future__ import annotations

import sys

from netful.cli.stacks import StackOptions, stack_name
from netful.model.errors import StackError
from netful.stack.client import Client
from netful.stack.folder import StackFolder


def down(*, stack: StackOptions = StackOptions()) -> int:  # noqa: B008  # frozen
    """End the running stack. One that is not running is no error."""
    name = stack_name(stack)
    if end(name):
        print(f"{name} is down")
    else:
        print(f"{name} is not running", file=sys.stderr)
    return 0


def end(name: str) -> bool:
    """End a stack and wait for its last process; False when it was not running."""
    folder = StackFolder(name)
    try:
        with Client(name) as client:
            client.call("down")
    except StackError:
        if not folder.owned():
            return False
    folder.wait_until_free()
    return True
