"""Three-valued logic: None means not known."""

from __future__ import annotations

from collections.abc import Iterable


def every(answers: Iterable[bool | None]) -> bool | None:
    """Return False if an answer is False, else None if one is not known, else True."""
    given = (*answers,)
    return False if False in given else None if None in given else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Return True if an answer is True, else None if one is not known, else False."""
    given = (*answers,)
    return True if True in given else None if None in given else False


def opposite(answer: bool | None) -> bool | None:  # noqa: FBT001  # an answer
    """Return the negation of an answer."""
    return None if answer is None else not answer
