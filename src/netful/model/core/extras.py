"""Extras of netful: packages that only a part of it needs, and that `pip install netful` alone does not bring."""

import sys
from importlib.util import find_spec

from netful.model.core.errors import MissingExtraError

MODULES = {
    "sam": ("samtranslator",),
    "run": ("awslambdaric", "boto3", "cryptography", "dnslib", "h2", "httptools", "joserfc", "jsonata", "moto", "OpenSSL", "pg8000",
            "pymysql", "starlette", "uvicorn", "uvloop", "valkey", "wsproto"),
    "debug": ("debugpy",),
    "mcp": ("mcp",),
    "lsp": ("pygls",),
    "ray": ("ray",),
    "otel": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}  # fmt: skip
"""Modules of each extra, as in pyproject.toml."""

_TOOLS = {"/pipx/venvs/": "pipx install --force", "/uv/tools/": "uv tool install --force"}
"""Folders in which tools keep an environment for netful alone, and the command that makes it again with all its extras."""


def require(extra: str, purpose: str) -> None:
    """Raise MissingExtraError if a module of an extra is not installed. `purpose` needs it: `SAM templates need`."""
    missing = [name for name in MODULES[extra] if not _is_there(name)]
    if missing:
        raise MissingExtraError(
            f"{purpose} `netful[{extra}]`",
            why=f"not installed: {', '.join(missing)}",
            hint=_installation(extra),
        )


def _installation(extra: str) -> str:
    """Return the command that adds an extra to this environment."""
    command = next((command for folder, command in _TOOLS.items() if folder in sys.prefix), None)
    if command is None:
        return f"pip install 'netful[{extra}]'"
    present = [name for name, modules in MODULES.items() if all(map(_is_there, modules))]
    return f"{command} 'netful[{','.join([*present, extra])}]'"


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False
