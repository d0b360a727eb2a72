"""Extras of netful: packages that only a part of it needs, and that `pip install netful` alone does not bring."""

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


def require(extra: str, purpose: str) -> None:
    """Raise MissingExtraError if a module of an extra is not installed. `purpose` needs it: `SAM templates need`."""
    missing = [name for name in MODULES[extra] if not _is_there(name)]
    if missing:
        raise MissingExtraError(
            f"{purpose} `netful[{extra}]`",
            why=f"not installed: {', '.join(missing)}",
            hint=f"pip install 'netful[{extra}]'",
        )


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False
