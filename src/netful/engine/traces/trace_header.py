"""The header `X-Amzn-Trace-Id`: `Root=1-…;Parent=…;Sampled=1`, and the lineage that functions add."""

from __future__ import annotations

from typing import NamedTuple

_ROOT, _PARENT, _SAMPLED, _LINEAGE = "Root", "Parent", "Sampled", "Lineage"  # in the order in which they are written


class TraceHeader(NamedTuple):
    """The parts of a header; "" for a part that it does not have."""

    root: str = ""
    parent: str = ""
    sampled: str = ""
    lineage: str = ""

    @classmethod
    def of(cls, text: str) -> TraceHeader:
        """Return the parts of a text; without a root it has at most a lineage."""
        if not text:
            return cls()
        parts: dict[str, str] = {}
        for part in text.split(";"):
            name, _, value = part.strip().partition("=")
            parts.setdefault(name, value)
        lineage = parts.get(_LINEAGE, "")
        if not parts.get(_ROOT):
            return cls(lineage=lineage)
        return cls(parts[_ROOT], parts.get(_PARENT, ""), parts.get(_SAMPLED, ""), lineage)

    def __str__(self) -> str:
        """Return the header's text."""
        named = zip((_ROOT, _PARENT, _SAMPLED, _LINEAGE), self, strict=True)
        return ";".join(f"{name}={value}" for name, value in named if value)
