"""Extras of netful: packages that only a part of it needs, and that `pip install netful` alone does not bring."""

from __future__ import annotations

from importlib.util import find_spec

from netful.model.core.errors import MissingExtraError

MODULES = {
    "sam": ("samtranslator",),
    "run": ("awslambdaric", "boto3", "cryptography", "dnslib", "httptools", "joserfc", "jsonata", "moto", "OpenSSL", "pg8000",
            "pymysql", "starlette", "uvicorn", "uvloop", "valkey", "wsproto"),
    "mcp": ("mcp",),
    "lsp": ("pygls",),
}  # fmt: skip
"""Modules of each extra, as in pyproject.toml."""


def require(extra: str, purpose: str) -> None:
    """Raise MissingExtraError if a module of an extra is not installed. `purpose` needs it: `SAM templates need`."""
    missing = [name for name in MODULES[extra] if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"{purpose} `netful[{extra}]`",
            why=f"not installed: {', '.join(missing)}",
            hint=f"pip install 'netful[{extra}]'",
        )
