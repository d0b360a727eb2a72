"""Selection of a running stack, for the verbs with packets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from netful.cli.options.options import ModelOptions, load_network
from netful.cli.options.parameter import Parameter

if TYPE_CHECKING:
    from netful.library.network import Network
    from netful.library.stack import Stack


@dataclass(frozen=True)
class StackOptions:
    """Stack options."""

    stack: str | None = None
    """The stack's name. Default: the name of the template's folder, or the one stack that is running if it is not of another
    project."""


@dataclass(frozen=True)
class LiveOptions(StackOptions):
    """Choice of the running account as the source."""

    live: Annotated[bool, Parameter(negative=())] = False
    """Ask the running account instead of a template."""


def stack_name(options: StackOptions, *, to_end: bool = False) -> str:
    """Return the selected stack: by option, by the folder's name, or the only one that runs."""
    from netful.stack.control.selection import selected  # noqa: PLC0415  # the verbs without packets need no stack

    return selected(options.stack, to_end=to_end)


def source_network(model: ModelOptions, account: LiveOptions, *, quiet: bool = False) -> Network:
    """Return the network of the templates that the options name, or of the running account.

    Warnings of a running account are those of `netful status`.
    """
    return connected(account).network if account.live else load_network(model, quiet=quiet)


def connected(options: StackOptions) -> Stack:
    """Return the selected stack. Raise StackError if it is not running."""
    from netful.library.stack import connect  # noqa: PLC0415  # the same

    return connect(stack_name(options))
