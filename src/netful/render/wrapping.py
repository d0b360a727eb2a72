"""Lines of a text, in English or Japanese.

Japanese has no spaces: a line may end between two of its characters, but does not begin with a full stop, a closing bracket or a
small letter, nor end with an opening bracket. Words of other letters stay whole, unless a line is too short for one.
"""

import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from netful.render.columns import width as cells_of

_NEVER_FIRST = "、。」)ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_PIECES = re.compile(rf"[「(\[]*(?:[!-~]+|.)[{_NEVER_FIRST}]* ?", re.DOTALL)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text."""
    if cells_of(text) == len(text):
        return textwrap.wrap(text, width, break_on_hyphens=False)
    return [text[start:end].strip() for start, end in pairwise((0, *breaks(text, width), len(text)))]


def breaks(text: str, width: int) -> Iterator[int]:
    """Yield the places where the second and further lines of a text begin."""
    start = 0
    for piece in _PIECES.finditer(text):
        if piece.start() > start and cells_of(text[start : piece.end()].rstrip()) > width:
            start = piece.start()
            yield start
        while cells_of(text[start : piece.end()].rstrip()) > width:
            start += width
            yield start
