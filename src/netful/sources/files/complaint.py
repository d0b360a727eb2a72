"""The errors of a template, in one style."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from netful.model.core import Origin, SourceError


def fail(what: str, origin: Origin, *, why: str = "", hint: str = "") -> NoReturn:
    """Raise SourceError."""
    raise SourceError(what, origin=origin, why=why, hint=hint)


def misspelt(wanted: str, names: Iterable[str]) -> str:
    """Return a hint that a key is probably a misspelling of the wanted one, or ""."""
    found = get_close_matches(wanted, list(names), n=1, cutoff=0.6)
    return f"`{found[0]}` should probably be `{wanted}`" if found else ""


SURELY = 0.85
"""Likeness of a name to a known one that makes it a misspelling, and not a name that AWS added."""


def close_match(name: str, names: Iterable[str], otherwise: str = "", *, likeness: float = 0.6) -> str:
    """Return a hint with the name that was probably meant: one that is at least so alike, from 0 to 1."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=likeness)
    return f"did you mean `{by_folded[found[0]]}`?" if found else otherwise
