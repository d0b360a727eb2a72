"""The header `X-Amzn-Trace-Id`: `Root=1-…;Parent=…;Sampled=1`."""

from __future__ import annotations

from typing import NamedTuple

_ROOT, _PARENT, _SAMPLED = "Root", "Parent", "Sampled"  # in the order in which they are written


class TraceHeader(NamedTuple):
    """The parts of a header; "" for a part that it does not have."""

    root: str = ""
    parent: str = ""
    sampled: str = ""

    @classmethod
    def of(cls, text: str) -> TraceHeader:
        """Return the parts of a text; without a root it is no header."""
        if not text:
            return cls()
        parts: dict[str, str] = {}
        for part in text.split(";"):
            name, _, value = part.strip().partition("=")
            parts.setdefault(name, value)
        return cls(parts[_ROOT], parts.get(_PARENT, ""), parts.get(_SAMPLED, "")) if parts.get(_ROOT) else cls()

    def __str__(self) -> str:
        """Return the header's text."""
        named = zip((_ROOT, _PARENT, _SAMPLED), self, strict=True)
        return ";".join(f"{name}={value}" for name, value in named if value)
