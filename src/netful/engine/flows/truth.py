"""Three-valued logic: None means not known."""

from collections.abc import Iterable


def every(answers: Iterable[bool | None]) -> bool | None:
    """Return False if one answer is, else None if one is not known."""
    found: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        found = None if answer is None else found
    return found


def some(answers: Iterable[bool | None]) -> bool | None:
    """Return True if one answer is, else None if one is not known."""
    found: bool | None = False
    for answer in answers:
        if answer is True:
            return True
        found = None if answer is None else found
    return found


def opposite(answer: bool | None) -> bool | None:  # noqa: FBT001  # an answer
    """Return the negation of an answer."""
    return None if answer is None else not answer
