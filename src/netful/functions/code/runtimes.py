"""Programs that run functions (lambda §6).

| runtime | program |
|---|---|
| `python3.x` | forked from a zygote of netful's interpreter; with a wrapper script, a new process of that interpreter |
| `nodejs*` | this machine's `node`, with netful's bootstrap |
| `provided*` | `bootstrap`, from the package or else from its layers |
| one of `netful.toml` | `bootstrap` of its folder, which is below the layers |
| a container image | its entry point and command (`image_package`) |

Another version than the requested one gives a warning. Every other runtime is refused by name.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

from netful.model.core import Frozen, StackError, Unknown
from netful.model.functions.function import Function

_ASKED = re.compile(r"(?P<family>python|nodejs|provided)(?P<version>.*)")
_NODE = ("/var/runtime/node", "/var/runtime/bootstrap.cjs")


class Family(StrEnum):
    """Kind of program that runs a function."""

    PYTHON = "python"
    NODEJS = "nodejs"
    PROVIDED = "provided"
    IMAGE = "image"


class Interpreter(Frozen):
    """A Python installation: its prefix, and the program inside it."""

    prefix: Path
    program: str

    @classmethod
    def at_hand(cls) -> Interpreter:
        """Return the installation of this process, independent of its virtual environment."""
        prefix = Path(sys.base_prefix).resolve()
        program = Path(sys.executable).resolve()
        if not program.is_relative_to(prefix):
            program = prefix / f"bin/python{_own_version()}"
        return cls(prefix, str(program.relative_to(prefix)))


def family_of(function: Function) -> Family:
    """Return the kind of program for a function. Raise StackError if this machine has none."""
    if function.package_type == "Image":
        return Family.IMAGE
    if function.runtime_folder:
        return Family.PROVIDED
    if isinstance(function.runtime, Unknown) or not function.runtime:
        raise StackError(
            f"the runtime of `{function.id}` is not known", origin=function.origin, why=str(function.runtime)
        )
    asked = _ASKED.fullmatch(function.runtime)
    if asked is None:
        raise StackError(
            f"`{function.id}` has the runtime `{function.runtime}`, which netful does not run",
            origin=function.origin,
            hint=f'its network can be traced; to run it, bring the runtime: `[runtimes."{function.runtime}"]` in netful.toml',
        )
    return Family(asked["family"])


def warnings(functions: Iterable[Function]) -> list[str]:
    """Return warnings about functions that run on another version: one for each version, at the first function that requests it."""
    others: dict[tuple[str, str], list[Function]] = {}
    for function in functions:
        asked, runs_on = str(function.runtime), _version_at_hand(function)
        if runs_on and asked.removesuffix(".x") != f"{family_of(function)}{runs_on}":
            others.setdefault((_titled(asked), runs_on), []).append(function)
    return [_warning(asked, runs_on, alike) for (asked, runs_on), alike in others.items()]


def _version_at_hand(function: Function) -> str:
    """Return the version that runs a function; a custom runtime has none."""
    match family_of(function):
        case Family.PYTHON:
            return _own_version()
        case Family.NODEJS:
            return _node_version()
    return ""


def _warning(asked: str, runs_on: str, functions: list[Function]) -> str:
    first, *more = functions
    if not more:
        return f"{first.origin}: `{first.id}` asks for {asked} and runs on {runs_on}"
    who = f"`{first.id}` and {len(more)} more" if len(more) > 1 else f"`{first.id}` and `{more[0].id}`"
    return f"{first.origin}: {who} ask for {asked} and run on {runs_on}"


def python_program() -> tuple[str, ...]:
    """Return the command of the Python runtime as a process of its own."""
    return f"/var/lang/{Interpreter.at_hand().program}", "/var/runtime/bootstrap.py"


def program(function: Function, package: Path, layers: Path | None) -> tuple[str, ...]:
    """Return the command of a sandbox; empty if the sandbox is forked with its runtime."""
    wrapper = function.environment.get("AWS_LAMBDA_EXEC_WRAPPER")
    match family_of(function):
        case Family.PYTHON:
            return (wrapper, *python_program()) if isinstance(wrapper, str) else ()
        case Family.NODEJS:
            if node() is None:
                what = f"`{function.id}` needs Node.js, which is not on this machine"
                raise StackError(what, origin=function.origin, hint="install `node`, so that it is on the PATH")
            return (wrapper, *_NODE) if isinstance(wrapper, str) else _NODE
        case Family.PROVIDED:
            return (_bootstrap(function, package, layers),)
    return ()


@cache
def node() -> Path | None:
    """Return this machine's Node.js."""
    found = shutil.which("node")
    return Path(found).resolve() if found else None


def _bootstrap(function: Function, package: Path, layers: Path | None) -> str:
    """Return a custom runtime's program: from the package, else from the layers (§6.2)."""
    if (package / "bootstrap").is_file():
        return "/var/task/bootstrap"
    if layers is not None and (layers / "bootstrap").is_file():
        return "/opt/bootstrap"
    raise StackError(
        f"`{function.id}` has no `bootstrap`",
        origin=function.code.origin,
        why="Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
        hint=f"a function with the runtime `{function.runtime}` brings a program of that name",
    )


def _titled(runtime: str) -> str:
    return runtime.replace("python", "Python ").replace("nodejs", "Node.js ").removesuffix(".x")


def _own_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@cache
def _node_version() -> str:
    """Return the major version of this machine's Node.js."""
    found = node()
    if found is None:
        return ""
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return told.strip().removeprefix("v").partition(".")[0]
