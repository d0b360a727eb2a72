"""A property of a resource that AWS refuses, and the test of the rows that have several properties."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.model.core import Frozen


class RefusedValue(Frozen):
    """A property that AWS refuses: the code of the error, the reason, what to change, and AWS's own text, if it is known."""

    property: str
    code: str
    reason: str
    hint: str
    error: str = ""


RefusedPair = tuple[RefusedValue, Callable[[Mapping[str, Any]], bool]]
"""A property, and whether AWS refuses it beside the other ones."""
