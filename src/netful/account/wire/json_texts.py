"""JSON in requests: bodies, and documents in members such as policies."""

from typing import Any

import msgspec


def decoded(text: str | bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError for another text, and for one that is nested too deeply."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error
