"""The `Date` of a response (RFC 9110 §6.6.1), which every answer of API Gateway has (§1.3)."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache


@lru_cache(4)
def date_of(second: int) -> tuple[str, str]:
    """The header for a second since 1970; responses of the same one share it."""
    return "Date", formatdate(second, usegmt=True)
