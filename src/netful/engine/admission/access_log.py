"""The line that a stage's access log gets for a request: its format, with `$context.…` filled in (api-gateway §5.17).

What is not known, or is nothing, prints as `-`. A format knows no templates: nothing else in it means anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netful.engine.integrations.parameter_mapping import dig, in_text

_REFERENCE = re.compile(r"\$context\.([A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*)")


def line(written: str, context: Mapping[str, Any]) -> str:
    """The line for a request."""
    return _REFERENCE.sub(lambda found: in_text(_value(context, found[1])) or "-", written)


def _value(context: Mapping[str, Any], path: str) -> Any:
    """A value by its path; a name that has dots in it, such as `integration.status`, may stand as it is written."""
    return context[path] if path in context else dig(context, path)
