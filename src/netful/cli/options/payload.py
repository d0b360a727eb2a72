"""Payload of an invocation or a request, as the command line gives it."""

import json
import sys
from pathlib import Path

from netful.model.core import QuestionError


def payload_of(text: str) -> bytes:
    """Return the bytes of JSON, @FILE, or @- for standard input. Raise QuestionError for another text."""
    if text == "@-":
        data = sys.stdin.buffer.read()
    elif text.startswith("@"):
        from netful.sources.files.unreadable import bytes_of  # noqa: PLC0415  # it brings all readers along

        data = bytes_of(Path(text[1:]))
    else:
        data = text.encode()
    try:
        json.loads(data)
    except ValueError as fault:
        raise QuestionError(
            "the payload is not JSON",
            why=str(fault),
            hint="""--payload '{"key": "value"}', or a text: --payload '"hello"'""",
        ) from None
    return data
