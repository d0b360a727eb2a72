"""`netful console`: the web console of the running stack."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators

from netful.cli.options.stacks import StackOptions, stack_name
from netful.stack.control.client import Client


def console(
    *,
    port: Annotated[int, Parameter(validator=validators.Number(gte=0, lte=65535))] = 0,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Print the URL of the web console, and start the console if it is not running. It ends with the stack.

    Parameters
    ----------
    port:
        A port on loopback. Default: a free one.
    """
    name = stack_name(stack)
    with Client(name) as client:
        address = client.call("status")["console"]
    if address is None:
        from netful.console.process import start  # noqa: PLC0415  # a page that is there needs no web server

        address = start(name, port)
    print(address)
    return 0
