"""Placeholders in the URI of an integration: `{name}` is the value that `integration.request.path.name` is mapped to (§5.1).

A placeholder without a value makes the call fail with 500: braces are not allowed in a URL.
"""

import re
from collections.abc import Mapping

from netful.model.apis.integration import Integration

_OVERRIDE = "requestOverride"
_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]+)\}")


def filled(uri: str, values: Mapping[str, str]) -> str | None:
    """Return the URI with the values of its placeholders; None if one has no value."""
    if any(found[1] not in values for found in _PLACEHOLDER.finditer(uri)):
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], uri)


def never_filled(integration: Integration) -> str:
    """Return the name of a placeholder that has no value in any call of a REST API; "" if each may have one.

    A template of the request may give one too (`$context.requestOverride.path`).
    """
    templates = integration.request_templates.values()
    if not isinstance(integration.uri, str) or not all(
        isinstance(one, str) and _OVERRIDE not in one for one in templates
    ):
        return ""
    mapped = integration.request_parameters
    names = (found[1] for found in _PLACEHOLDER.finditer(integration.uri))
    return next((name for name in names if f"integration.request.path.{name}" not in mapped), "")
