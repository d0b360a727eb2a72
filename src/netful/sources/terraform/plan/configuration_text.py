"""Text of Terraform's language: its comments, its quoted texts and here documents, and where brackets close."""

import re
from collections.abc import Iterator
from functools import lru_cache

_INNER = r'"(?:[$%]\{[^}]*\}|\\.|[^"\\\n])*+"'
_QUOTED = rf'"(?:[$%]\{{(?:[^"{{}}]|{_INNER}|\{{[^{{}}]*\}})*+\}}|[$%]\{{[^}}]*\}}|\\.|[^"\\\n])*+"'
_HERE = r"<<-?(?P<end>[\w-]+)[ \t]*\n(?:[^\n]*\n)*?[ \t]*(?P=end)(?=[ \t]*(?:\n|\Z))"
_COMMENT = r"#[^\n]*|//[^\n]*|/\*.*?\*/"
_APART = re.compile(rf"({_QUOTED}|{_HERE})|{_COMMENT}", re.DOTALL)
_HEADER = re.compile(r'^[ \t]*(\w+(?:[ \t]+"[^"\s]*")*)[ \t]*\{', re.MULTILINE)
_DYNAMIC = re.compile(r'dynamic[ \t]+"(_+)"[ \t]*\{')
_BRACKET = re.compile(r"[()\[\]{}]")
_OF_EXPRESSIONS = tuple("=([{,:?>&|!+-*/%")
"""Ends of a text before a bracket that is not the one of a block."""

_SEEN = 1024
"""Texts of which the shape is kept, and so on: those of the modules, and of their maps."""


@lru_cache(_SEEN)
def shape(text: str) -> str:
    """Return a text of the same length whose comments are spaces, and whose quoted texts have neither brackets nor commas.

    A here document is one line of it.
    """
    return _APART.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    if found[1] is None:
        return re.sub(r"[^\n]", " ", found[0])
    return f'"{"_" * (len(found[0]) - 2)}"'


def balanced(text: str, start: int, end: str) -> str:
    """Return the text up to one of the characters of `end` outside of brackets, or to the bracket that closes what is around it."""
    depth, form = 0, shape(text)
    for found in re.compile(rf"[()\[\]{{}}{re.escape(end)}]").finditer(form, start):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth < 0 or (depth == 0 and found[0] in end):
            return text[start : found.start()]
    return text[start:]


def bodies(text: str, block: str) -> Iterator[str]:
    """Yield the bodies of the blocks with a beginning, such as `resource "aws_lb" "web"`."""
    yield from (balanced(text, start, "") for start in _starts(text).get(block, ()))


@lru_cache(_SEEN)
def _starts(text: str) -> dict[str, list[int]]:
    """Return where the bodies of a text's blocks begin, by the beginnings of the blocks."""
    found: dict[str, list[int]] = {}
    for header in _HEADER.finditer(text):
        if shape(text)[header.end() - 1] == "{":
            found.setdefault(" ".join(header[1].split()), []).append(header.end())
    return found


def argument_texts(body: str, name: str, *, own: bool = False) -> Iterator[str]:
    """Yield the text of an argument of a block and of the blocks in it; if only its `own` are wanted, of the block alone."""
    form = shape(body)
    for found in re.finditer(rf"(?:^|\{{)[ \t]*{re.escape(name)}[ \t]*=(?!=)", form, re.MULTILINE):
        before = _before_bracket(form[: found.end()])
        if before is None or not (own or before.endswith(_OF_EXPRESSIONS)):
            yield balanced(body, found.end(), "\n")


def bodies_with(body: str, name: str) -> Iterator[str]:
    """Yield the bodies of the blocks within one that have an argument; not those that `dynamic` blocks make."""
    form = shape(body)
    for found in re.finditer(rf"(?:^|\{{)[ \t]*{re.escape(name)}[ \t]*=(?!=)", form, re.MULTILINE):
        before = _before_bracket(form[: found.end()])
        if before is not None and not before.endswith((*_OF_EXPRESSIONS, "content")):
            yield balanced(body, form.index("{", len(before)) + 1, "")


def dynamic_blocks(body: str) -> Iterator[tuple[str, str, str]]:
    """Yield the `dynamic` blocks in a body, also those within others: the name of the iterator, the items, and the content."""
    for found in _DYNAMIC.finditer(shape(body)):
        inner = balanced(body, found.end(), "")
        named = [text.strip() for text in argument_texts(inner, "iterator", own=True)]
        label = body[found.start(1) : found.end(1)]
        for items in argument_texts(inner, "for_each", own=True):
            yield from ((named[0] if named else label, items, content) for content in bodies(inner, "content"))


def _before_bracket(form: str) -> str | None:
    """Return the text before the last bracket that is open at the end of a text; None without one."""
    depth = 0
    for found in reversed([*_BRACKET.finditer(form)]):
        depth += 1 if found[0] in "([{" else -1
        if depth > 0:
            return form[: found.start()].rstrip()
    return None
