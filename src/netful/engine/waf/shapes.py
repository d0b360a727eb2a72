"""Parts of AWS's own JSON, which a template may have in any shape, and which may not be known before deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping; an empty one where there is none."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings in a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def texts(value: Any) -> list[str]:
    """The texts in a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def is_list_of_mappings(value: Any) -> bool:
    """Whether all of a list is known to be mappings; a list that is left out is."""
    return value is None or (isinstance(value, list | tuple) and len(mappings(value)) == len(value))
