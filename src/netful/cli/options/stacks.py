"""Selection of a running stack, for the verbs with packets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from netful.cli.options.options import ModelOptions, load_cloud, load_running
from netful.stack.control.client import Client
from netful.stack.control.folder import name_for, running

if TYPE_CHECKING:
    from netful.model.cloud import Cloud


@Parameter(name="*")
@dataclass(frozen=True)
class StackOptions:
    """Stack options."""

    stack: str | None = None
    """The stack's name. Default: the name of the template's folder, or the one stack that is running."""


@Parameter(name="*")
@dataclass(frozen=True)
class LiveOptions(StackOptions):
    """Choice of the running account as the source."""

    live: Annotated[bool, Parameter(negative=())] = False
    """Ask the running account instead of a template."""


def stack_name(options: StackOptions, template: tuple[Path, ...] = ()) -> str:
    """Return the selected stack: by option, by the folder's name, or the only one that runs."""
    name = name_for(template[0] if template else None, options.stack)
    if options.stack is None and not template:
        others = running()
        if name not in others and len(others) == 1:
            return others[0]
    return name


def source_cloud(model: ModelOptions, account: LiveOptions, *, quiet: bool = False) -> Cloud:
    """Return the cloud of the templates that the options name, or of the running account."""
    return load_running(stack_name(account)) if account.live else load_cloud(model, quiet=quiet)


def connect(options: StackOptions) -> Client:
    """Return a connection to the selected stack. Raise StackError if it is not running."""
    return Client(stack_name(options))
