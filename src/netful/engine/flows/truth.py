"""Three-valued truth: None where an answer is not known."""

from __future__ import annotations

from collections.abc import Iterable


def every(answers: Iterable[bool | None]) -> bool | None:
    """Return False where one answer is, else None where one is not known."""
    given = (*answers,)
    return False if False in given else None if None in given else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Return True where one answer is, else None where one is not known."""
    given = (*answers,)
    return True if True in given else None if None in given else False


def opposite(answer: bool | None) -> bool | None:  # noqa: FBT001  # an answer
    """Return the negation of an answer."""
    return None if answer is None else not answer
