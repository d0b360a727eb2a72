"""`--state` of `netful up`: a folder that outlives the stack, and a server of shared state."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from netful.cli.options.parameter import Parameter
from netful.model.core.errors import QuestionError

_SERVER = re.compile(r"[\w.-]+:\d+")  # a misspelt server URL, which would make a folder of that name


@dataclass(frozen=True)
class StateOptions:
    """State options."""

    state: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Folder that keeps the data of AWS services (parameters, tables, objects, messages, …) for the next `up`. With
    `valkey://127.0.0.1:6379`: a Valkey or Redis server that shares throttles, quotas and caches of APIs. Repeat it for both.
    """


def state_folder(options: StateOptions) -> str:
    """Return the folder's absolute path, or an empty text."""
    folder = _only([one for one in options.state if "://" not in one])
    if _SERVER.fullmatch(folder):
        raise QuestionError(f"`--state {folder}` names no Valkey server", hint=f"--state valkey://{folder}")
    return str(Path(folder).absolute()) if folder else ""


def state_server(options: StateOptions) -> str:
    """Return the server's URL, or an empty text."""
    return _only([one for one in options.state if "://" in one])


def _only(values: list[str]) -> str:
    if len(values) > 1:
        raise QuestionError(f"`--state {values[1]}` is one too many", hint=f"there is `--state {values[0]}` already")
    return values[0] if values else ""
