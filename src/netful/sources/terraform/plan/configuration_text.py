"""Text of Terraform's language: its comments, its quoted texts and here documents, and where brackets close."""

import re
from collections.abc import Iterator
from functools import lru_cache

_QUOTED = r'"(?:\$\{[^}]*\}|\\.|[^"\\\n])*+"'
_HERE = r"<<-?(?P<end>[\w-]+)[ \t]*\n(?:[^\n]*\n)*?[ \t]*(?P=end)(?=[ \t]*(?:\n|\Z))"
_COMMENT = r"#[^\n]*|//[^\n]*|/\*.*?\*/"
_APART = re.compile(rf"({_QUOTED}|{_HERE})|{_COMMENT}", re.DOTALL)
_DYNAMIC = re.compile(r'dynamic[ \t]+"([\w-]+)"[ \t]*\{')
_ONE_ITEM = re.compile(r"(?:try\()?\[\s*((?:each\.value|local\.[\w-]+)(?:\.[\w-]+)*)\s*\](?:,\s*\[\]\s*\))?")
_SEEN = 1024
"""Texts of which the shape is kept, and so on: those of the modules, and of their maps."""


@lru_cache(_SEEN)
def plain(text: str) -> str:
    """Return a text without its comments."""
    return _APART.sub(lambda found: found[1] or "", text)


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
    for place in range(start, len(form)):
        depth += (form[place] in "([{") - (form[place] in ")]}")
        if depth < 0 or (depth == 0 and form[place] in end):
            return text[start:place]
    return text[start:]


def bodies(text: str, block: str) -> Iterator[str]:
    """Yield the bodies of the blocks with a beginning, such as `resource "aws_lb" "web"`."""
    header, form = re.compile(rf"^[ \t]*{re.sub(' ', '[ ]+', block)}[ \t]*\{{", re.MULTILINE), shape(text)
    every = (found.end() for found in header.finditer(text) if form[found.end() - 1] == "{")
    yield from (balanced(text, end, "") for end in every)


def argument_texts(body: str, name: str, *, own: bool = False) -> Iterator[str]:
    """Yield the text of an argument wherever the body of a block has it; if only its `own` are wanted, not within blocks of its own."""
    form = shape(body)
    for found in re.finditer(rf"(?:^|\{{)[ \t]*{re.escape(name)}[ \t]*=(?!=)", form, re.MULTILINE):
        if not own or not _depth(form[: found.end()]):
            yield balanced(body, found.end(), "\n")


def dynamic_texts(body: str, name: str) -> Iterator[str | None]:
    """Yield the text of an argument in each `dynamic` block, with the item that it is made for in place of its iterator.

    None where the item is not written down.
    """
    for found in _DYNAMIC.finditer(body):
        inner = balanced(body, found.end(), "")
        own_name = [text.strip() for text in argument_texts(inner, "iterator", own=True)]
        iterator = re.compile(rf"\b{re.escape(own_name[0] if own_name else found[1])}\.value\b")
        items = [_ONE_ITEM.fullmatch(plain(text).strip()) for text in argument_texts(inner, "for_each", own=True)]
        item = items[0][1] if len(items) == 1 and items[0] else None
        for text in (text for content in bodies(inner, "content") for text in argument_texts(content, name, own=True)):
            yield plain(iterator.sub(item, text) if item else text) if item or not iterator.search(text) else None


def _depth(form: str) -> int:
    """Return how many brackets are open at the end of a text."""
    return sum((char in "([{") - (char in ")]}") for char in form)
