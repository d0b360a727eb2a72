"""Paths of the CDK's constructs in place of logical ids, in answers for people: the ids end in hashes, and are in no source."""

import re
from collections.abc import Mapping
from typing import TypeVar

from netful.render.visible import with_texts

T = TypeVar("T")

_WORD = re.compile(r"(?<![\w/-])(?<!--param )(?:[\w.-]+/)*\w+(?![\w/-])")
"""An id, perhaps with its stack (`Prod-Net/Vpc1234`); not the parts of the name of an interface, nor a name that `--param` needs."""


def renamed(answer: T, paths: Mapping[str, str]) -> T:
    """Return a text, a document or a dataclass with the path in place of each logical id that has one."""
    if not paths:
        return answer
    return with_texts(answer, lambda text: _WORD.sub(lambda word: paths.get(word[0], word[0]), text))
