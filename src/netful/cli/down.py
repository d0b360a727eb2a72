"""`netful down`: stop the running stack, and wait until all of it is gone."""

import sys
from typing import Annotated

from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.render.language import spoken
from netful.stack.control.client import others_hint
from netful.stack.control.ending import end, kill
from netful.stack.control.folder import running


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
            print(spoken(f"{name} is down"))
        else:
            print(spoken(f"{name} is not running"), file=sys.stderr)
            if hint := others_hint():
                print(f"{spoken('hint')}: {spoken(hint)}", file=sys.stderr)
    return 0
