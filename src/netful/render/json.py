"""Answers as JSON, one document a call, in the shape of the command line's contract."""

from __future__ import annotations

from typing import Any

import msgspec


def dumps(document: Any) -> str:
    """A document over several lines, for a person's eyes too."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def line(document: Any) -> str:
    """A document on one line, for `--batch`."""
    return msgspec.json.encode(document).decode()
