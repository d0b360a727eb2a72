"""`netful console`: the web page of a running stack, or of templates."""

from typing import Annotated

from netful.cli.options.options import ModelOptions, load_network
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.model.core import StackError, extras
from netful.stack.control.client import Client
from netful.stack.control.folder import name_for


def console(
    *,
    port: Annotated[int, Parameter(least=0, most=65535)] = 0,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    model: ModelOptions = ModelOptions(),  # noqa: B008  # frozen
) -> int:
    """Print the URL of the web page of the running stack, and start the page if it is not running. It ends with the stack.

    With `--template` the page shows templates without a stack, reads them again when they change, and ends with Ctrl-C.

    Parameters
    ----------
    port:
        A port on loopback. Default: one that belongs to the stack's name, or a free one if it is taken.
    """
    extras.require("run", "the console needs")
    if model.template:
        return _templates(model, stack, port)
    name = stack_name(stack)
    with Client(name) as client:
        address = client.call("status")["console"]
    if address is None:
        from netful.console.process import start  # noqa: PLC0415  # a page that is there needs no web server

        address = start(name, port)
    print(address)
    return 0


def _templates(model: ModelOptions, stack: StackOptions, port: int) -> int:
    from netful.console.process import listen, serve  # noqa: PLC0415  # the web server, only where it is needed
    from netful.console.subject import Templates  # noqa: PLC0415

    name = name_for(model.template[0], stack.stack)
    subject = Templates(name, model.template, lambda: load_network(model, quiet=True).cloud)
    try:
        listener = listen(name, port)
    except OSError as error:
        raise StackError(f"port {port}: {error.strerror}", hint="leave out `--port`, or name a free one") from None
    serve(subject, listener, lambda address: print(address, flush=True))
    return 0
