"""Paths in API Gateway's form: one leading slash, no trailing one."""

import re

DEFAULT_ROUTE = "$default"


def normal_path(path: str) -> str:
    """Return a resource's path; a trailing slash is dropped on import (§5.2), and `$default` is not a path."""
    if path.strip("/") == DEFAULT_ROUTE:
        return DEFAULT_ROUTE
    return "/" + re.sub("/+", "/", path).strip("/")


def setting_path(path: str) -> str:
    """Return the path in a method setting's `ResourcePath`, where `/` may be written `~1` and `/*` means all (§3.3)."""
    plain = normal_path(path.replace("~1", "/"))
    return "*" if plain == "/*" else plain


def method_key(key: str) -> tuple[str, str]:
    """Return the path and the method of a usage plan's `/path/METHOD` (§3.4)."""
    path, _, method = key.rpartition("/")
    return normal_path(path), method.upper()
