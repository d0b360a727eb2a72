"""Which program runs a function: `python3.x` runs on the interpreter that runs netful.

Every other runtime is refused for now, by name; another Python version than the asked one is a warning (lambda §6).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from netful.model.errors import StackError
from netful.model.function import Function
from netful.model.unknown import Unknown

_PYTHON = re.compile(r"python(\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python installation: its prefix, and the program inside it."""

    prefix: Path
    program: str

    @classmethod
    def at_hand(cls) -> Interpreter:
        """The installation under this process, whatever virtual environment it is in."""
        prefix = Path(sys.base_prefix).resolve()
        program = Path(sys.executable).resolve()
        if not program.is_relative_to(prefix):
            program = prefix / f"bin/python{_own_version()}"
        return cls(prefix, str(program.relative_to(prefix)))


def check(function: Function) -> str:
    """Raise where a function's runtime cannot be had; returns a warning, or nothing to say."""
    if function.package_type != "Zip":
        raise StackError(
            f"`{function.id}` is a container image",
            origin=function.origin,
            hint="netful runs functions from a folder, a zip or inline code",
        )
    if isinstance(function.runtime, Unknown):
        raise StackError(
            f"the runtime of `{function.id}` is not known", origin=function.origin, why=str(function.runtime)
        )
    asked = _PYTHON.fullmatch(function.runtime)
    if asked is None:
        raise StackError(
            f"`{function.id}` has the runtime `{function.runtime}`, which netful does not run yet",
            origin=function.origin,
            hint="its network can be traced; to run it, use a Python runtime",
        )
    if asked[1] == _own_version():
        return ""
    return f"{function.origin}: `{function.id}` asks for Python {asked[1]} and runs on {_own_version()}"


def _own_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
