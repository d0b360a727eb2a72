"""`netful logs`: logs of functions and of the programs of hosts."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from netful.cli.options.stacks import StackOptions, connect
from netful.render.visible import visible_output


def logs(
    function: str | None = None,
    *,
    follow: Annotated[bool, Parameter(name=("--follow", "-f"), negative=())] = False,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Show logs of functions and of the programs of hosts.

    Parameters
    ----------
    function:
        Only this function or host. Default: all.
    follow:
        Continue with new lines until Ctrl-C or the end of the stack.
    """
    with connect(stack) as client:
        messages = client.stream("logs", function=function, follow=follow)
        for message in messages:
            if "event" not in message:
                client.conclude(iter([message]))
                return 0
            sys.stdout.write(visible_output(message["event"]["text"]))
            sys.stdout.flush()
    return 0
