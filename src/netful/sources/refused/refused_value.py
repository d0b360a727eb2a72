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


class RefusedTogether(RefusedValue, kw_only=True):
    """A property that AWS refuses beside the other ones of its resource, which `when` gets."""

    when: Callable[[Mapping[str, Any]], bool]
