"""JSON in texts that anybody may have written: one error for all that cannot be read, or a value in its place."""

import json
from typing import Any

import msgspec


def from_json(text: str | bytes) -> Any:
    """Return the value of a text; raise JSONDecodeError also for deep nesting and for numbers that Python refuses."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise json.JSONDecodeError("Nested too deeply", str(text), 0) from error
    except ValueError as error:
        raise json.JSONDecodeError("A number is too long, or the text is not Unicode", str(text), 0) from error


def json_or(text: str | bytes, otherwise: Any = None) -> Any:
    """Return the value of a JSON text; `otherwise` for any other text, and for half of a character, which cannot be sent on."""
    try:
        value = from_json(text)
        msgspec.json.encode(value)
    except (json.JSONDecodeError, UnicodeEncodeError, RecursionError):
        return otherwise
    return value


def json_object(text: str | bytes) -> dict[str, Any]:
    """Return the object of a JSON text; an empty one for any other text."""
    found = json_or(text)
    return found if isinstance(found, dict) else {}
