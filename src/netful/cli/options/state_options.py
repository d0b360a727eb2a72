"""Where `netful up` keeps what shall outlive the stack, or be shared: a folder and a server, each by `--state`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from netful.model.core.errors import QuestionError

_SERVER = re.compile(r"[\w.-]+:\d+")  # what was meant for a server, and would make a folder of that name


@Parameter(name="*")
@dataclass(frozen=True)
class StateOptions:
    """The state's."""

    state: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """A folder that keeps what AWS's services hold (parameters, tables, objects, messages, …) for the next `up`. With
    `valkey://127.0.0.1:6379`: a Valkey or Redis server by which APIs' throttles, quotas and caches are shared. Repeat it for
    both."""


def state_folder(options: StateOptions) -> str:
    """The folder's absolute path, or nothing where none was asked for."""
    folder = _only([one for one in options.state if "://" not in one])
    if _SERVER.fullmatch(folder):
        raise QuestionError(f"`--state {folder}` names no Valkey server", hint=f"--state valkey://{folder}")
    return str(Path(folder).absolute()) if folder else ""


def state_server(options: StateOptions) -> str:
    """The server's URL, or nothing where none was asked for."""
    return _only([one for one in options.state if "://" in one])


def _only(values: list[str]) -> str:
    if len(values) > 1:
        raise QuestionError(f"`--state {values[1]}` is one too many", hint=f"there is `--state {values[0]}` already")
    return values[0] if values else ""
