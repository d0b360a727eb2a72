"""JSON in requests: bodies, and documents in members such as policies."""

from typing import Any

import msgspec


def decoded(text: str | bytes, refusal: Exception | None = None) -> Any:
    """Return the value of a JSON text. Raises `refusal`, else ValueError, for another text, and for one that is nested too deeply."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise refusal or ValueError(str(error)) from error
