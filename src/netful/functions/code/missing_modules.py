"""Hints for functions whose code lacks a module that it imports: dependencies that a build or an installer puts there."""

import json
import platform
import re
import sys
from pathlib import Path

from netful.model.functions.function import Function

_NOT_IMPORTED = re.compile(
    r"No module named '(?P<python>[\w.]+)'|Cannot find (?:module|package) '(?P<node>@[^'/]+/[^'/]+|[^'./@][^'/]*)[^']*'"
)


def hint(function: Function, payload: bytes) -> str:
    """Return what brings the module that an invocation did not find; "" for every other payload."""
    try:
        message = json.loads(payload)["errorMessage"]
    except (ValueError, LookupError, TypeError):
        return ""
    found = _NOT_IMPORTED.search(message) if isinstance(message, str) else None
    if found is None or not function.code.local_path:
        return ""
    name, folder = found["python"] or found["node"], Path(function.code.local_path)
    own = str(function.handler).rpartition(".")[0].replace("/", ".")
    if name.replace("/", ".") in {own, own.partition(".")[0]}:
        return f"`{folder}` has no module `{name}` for `{function.handler}`, the handler of `{function.id}`: build it, or correct `Handler`"
    if found["python"] and name.rpartition(".")[2].startswith("_"):  # the compiled part of a package
        here = f"Python {sys.version_info.major}.{sys.version_info.minor} on {platform.machine()}"
        return f"`{name}` of `{function.id}` is not built for {here}: functions run on the Python that runs netful; install its package with that one"
    install = f"npm install --prefix {folder} {name}" if found["node"] else f"pip install --target {folder} {name}"
    return f"`{name}` is not with the code of `{function.id}`: run `sam build`, or `{install}`"
