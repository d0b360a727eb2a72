"""A part of the template that could not be put into the back ends."""

import re

from netful.model.core import Frozen, Origin
from netful.services.http.message import Response

_MESSAGE = re.compile(rb'"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"|<Message>([^<]*)</Message>')


class LeftOut(Frozen):
    """A resource, or a part of it (`what`), and the reason; as a text, the warning for it.

    `is_made`: AWS makes the resource all the same, and does not do what it is for.
    """

    resource_id: str
    what: str
    why: str
    origin: Origin
    is_made: bool = False

    def __str__(self) -> str:
        return f"{self.origin}: {self.what} left out: {self.why}"


def message(response: Response) -> str:
    """Return the message of a service's error; the whole body where it has none."""
    found = _MESSAGE.search(response.body)
    return (found[1] or found[2] if found else response.body).decode(errors="replace")
