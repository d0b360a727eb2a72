"""Language of output for people: English, or one that has a catalogue of messages.

`NETFUL_LANG` chooses it, else the locale. With English, no catalogue is imported. Formats for programs are always English.
"""

import os
from typing import TypeVar

T = TypeVar("T")

_VARIABLES = ("NETFUL_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return the code of the language that the user wants, such as `ja`."""
    wanted = next(filter(None, map(os.environ.get, _VARIABLES)), "en")
    return wanted.replace(".", "_").partition("_")[0].lower()


def spoken(value: T) -> T:
    """Return a text in the user's language; of a document or a dataclass, one whose messages are so.

    A text stays English if the catalogue does not have it.
    """
    if language() in {"en", "c", "posix"}:
        return value
    from netful.render.catalogue import catalogue  # noqa: PLC0415  # English output does without

    return catalogue(language()).spoken(value)
