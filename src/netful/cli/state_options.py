"""Where `netful up` keeps what shall be there when the stack is up again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cyclopts import Parameter

from netful.model.errors import QuestionError


@Parameter(name="*")
@dataclass(frozen=True)
class StateOptions:
    """The state's."""

    state: str = ""
    """Keep what AWS's services hold (parameters, secrets, tables, objects, messages, …) in this folder, and go on with what
    is in it."""


def state_folder(options: StateOptions) -> str:
    """The folder, or nothing where none was asked for; QuestionError for what is not one."""
    if "://" in options.state:
        raise QuestionError(f"`--state {options.state}` is not understood", hint="name a folder: --state .netful")
    return str(Path(options.state).absolute()) if options.state else ""
