"""What the verbs with packets share: which running stack is meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cyclopts import Parameter

from netful.stack.control.client import Client
from netful.stack.control.folder import name_for, running


@Parameter(name="*")
@dataclass(frozen=True)
class StackOptions:
    """Which stack."""

    stack: str | None = None
    """The stack's name. Default: the name of the template's folder, or the one stack that is running."""


def stack_name(options: StackOptions, template: tuple[Path, ...] = ()) -> str:
    """The stack that is meant: as named, by this folder's name, or the only one that runs."""
    name = name_for(template[0] if template else None, options.stack)
    if options.stack is None and not template:
        others = running()
        if name not in others and len(others) == 1:
            return others[0]
    return name


def connect(options: StackOptions) -> Client:
    """A connection to the stack that is meant; StackError when it is not running."""
    return Client(stack_name(options))
