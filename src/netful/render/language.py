"""Language of output for people: English, or one that has a catalogue of messages.

`NETFUL_LANG` chooses it, else the locale; for a request to a server, `speak`. With English, no catalogue is imported. Formats for programs are always English.
"""

import os
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_VARIABLES = ("NETFUL_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_of_request: ContextVar[str] = ContextVar("_of_request", default="")


def language() -> str:
    """Return the code of the language that the user wants, such as `ja`."""
    wanted = _of_request.get() or next(filter(None, map(os.environ.get, _VARIABLES)), "en")
    return wanted.replace(".", "_").partition("_")[0].lower()


def speak(wanted: str) -> None:
    """Use a language for the rest of a task, with all tasks and threads that it starts."""
    _of_request.set(wanted)


def spoken(value: T) -> T:
    """Return a text in the user's language; of a document or a dataclass, one whose messages are so.

    A text stays English if the catalogue does not have it.
    """
    if language() in {"en", "c", "posix"}:
        return value
    from netful.render.catalogue import catalogue  # noqa: PLC0415  # English output does without

    return catalogue(language()).spoken(value)
