"""Header `Date` of a response (RFC 9110 §6.6.1), which every response of API Gateway has (§1.3)."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache


@lru_cache(4)
def date_of(second: int) -> tuple[str, str]:
    """Return the header for a second since 1970; responses of the same second share it."""
    return "Date", formatdate(second, usegmt=True)
