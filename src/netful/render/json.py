"""Results as JSON, one document for each call, in the shape of the command line's contract.

Programs read every value as it is; characters that act on a terminal or a CI service are written as JSON's escapes.
"""

from typing import Any

import msgspec

from netful.render.visible import escaped


def dumps(document: Any) -> str:
    """Return a document over several lines."""
    return inert(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def line(document: Any) -> str:
    """Return a document on one line, for `--batch`."""
    return inert(msgspec.json.encode(document).decode())


def inert(text: str) -> str:
    """Return the same JSON without characters that act; they can only be inside strings, apart from white space."""
    return escaped(text, _escape, kept="\t\n\r")


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
