r"""Ids of Route 53, and domain names as it writes them: in lower case, with a final dot, other characters in octal (`\052` for `*`)."""

import base64
import re
from collections.abc import Sequence
from hashlib import sha256

_PLAIN = re.compile(r"[a-z0-9._-]")
_LETTERS = 20
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")


def written(name: str) -> str:
    """Return a name of the model as the API writes it."""
    text = name.rstrip(".").lower()
    return "".join(one if _PLAIN.fullmatch(one) else f"\\{ord(one):03o}" for one in text) + "."


def bare(name: str) -> str:
    """Return a name of a request as the model has it: in lower case, without the final dot."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), name).rstrip(".").lower()


def order(name: str) -> Sequence[str]:
    """Return the key by which names are listed: their labels from the last to the first."""
    return bare(name).split(".")[::-1]


def is_within(name: str, zone: str) -> bool:
    """Return whether a name is that of a zone, or below it."""
    return name == zone or name.endswith(f".{zone}")


def new_id(prefix: str, text: str) -> str:
    """Return an id of Route 53's form that follows from a text."""
    return prefix + base64.b32encode(sha256(text.encode()).digest()).decode()[:_LETTERS]
