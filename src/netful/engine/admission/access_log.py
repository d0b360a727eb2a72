"""Access log line of a request: the stage's format with `$context.…` filled in (api-gateway §5.17).

An unknown or empty value prints as `-`. A format is not a template: all its other text is literal.
"""

import re
from collections.abc import Mapping
from typing import Any

from netful.engine.integrations.parameter_mapping import dig, in_text

_REFERENCE = re.compile(r"\$context\.([A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*)")


def line(written: str, context: Mapping[str, Any]) -> str:
    """Return the line of a request."""
    return _REFERENCE.sub(lambda found: in_text(_value(context, found[1])) or "-", written)


def _value(context: Mapping[str, Any], path: str) -> Any:
    """Return a value by its path; a key that contains dots, such as `integration.status`, matches first."""
    return context[path] if path in context else dig(context, path)
