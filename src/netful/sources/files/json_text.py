"""JSON texts of users: one error for all that cannot be read."""

import json
from typing import Any


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
