"""Members of ECS's API and properties of templates: the same names, but for the case of their first letter."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown

_FREE = ("Options", "DockerLabels", "options", "dockerLabels")
"""Mappings whose keys are the user's own."""


def written(value: Any) -> Any:
    """Return a part of a request as templates write it."""
    return _respelt(value, str.upper)


def described(value: Any) -> Any:
    """Return a part of a template as the API describes it; what is not known is left out."""
    return _respelt(value, str.lower)


def _respelt(value: Any, case: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            case(name[:1]) + name[1:]: item if name in _FREE else _respelt(item, case)
            for name, item in ((str(key), item) for key, item in value.items())
            if not isinstance(item, Unknown)
        }
    if isinstance(value, list | tuple):
        return [_respelt(item, case) for item in value if not isinstance(item, Unknown)]
    return value
