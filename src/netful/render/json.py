"""Results as JSON, one document for each call, in the shape of the command line's contract."""

from __future__ import annotations

from typing import Any

import msgspec


def dumps(document: Any) -> str:
    """Return a document over several lines."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def line(document: Any) -> str:
    """Return a document on one line, for `--batch`."""
    return msgspec.json.encode(document).decode()
