"""`netful logs`: logs of functions, state machines, and the programs of hosts and tasks."""

import sys
from typing import Annotated

from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, connected
from netful.render.visible import visible_output


def logs(
    function: str | None = None,
    *,
    follow: Annotated[bool, Parameter(name=("--follow", "-f"), negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Show logs of functions, of executions of state machines, and of the programs of hosts and tasks.

    Parameters
    ----------
    function:
        Only this function, state machine, host or service. Default: all.
    follow:
        Continue with new lines until Ctrl-C or the end of the stack.
    """
    for event in connected(stack).events("logs", function=function, follow=follow):
        sys.stdout.write(visible_output(event["text"]))
        sys.stdout.flush()
    return 0
