"""Catalogue of messages in one language: `locale/LANGUAGE/LC_MESSAGES/netful.po`, as gettext has it.

A message of the catalogue is a template, in which `{}` stands for a value. A text that has the words of a template becomes its
translation, with the values of the text; a translation may order them by `{1}`. The template with the most words of its own wins,
after those that end another known message after a colon.
A message may be followed by another one in parentheses, its evidence.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import NamedTuple, TypeVar

import polib

from netful.render.visible import with_texts

T = TypeVar("T")

PAGE = "page"  # the context of labels on the console's page, which are no messages: `{} of {}`
_PLACE = re.compile(r"[^`]+?:\d+: ")
_FEW = 10  # letters of a message such as `{} of {}`, whose words are in many sentences
_WORD, _PROSE = re.compile(r"(?<!\S)[a-z]+(?!\S)"), 4
_DEPTH = 5  # of messages in messages
_FOLDER = Path(__file__).parent / "locale"


class _Template(NamedTuple):
    """A message with values: the words around them, and its translation."""

    words: tuple[str, ...]
    translation: str


class Catalogue:
    """The translations of one language."""

    def __init__(self, messages: dict[str, str]) -> None:
        self._whole: dict[str, str] = {}
        self._templates: list[_Template] = []
        for message, translation in messages.items():
            words = _words(message)
            if len(words) == 1:
                self._whole[words[0]] = translation.format()
            else:
                self._templates.append(_Template(words, translation))
        self._templates.sort(key=lambda template: (not _ends(template.words), -sum(map(len, template.words))))

    def spoken(self, value: T) -> T:
        """Return a text, a document or a dataclass with its messages in this language. A word is only a message by itself."""
        if isinstance(value, str) and value in self._whole:
            return self._whole[value]  # type: ignore[return-value]  # both are texts
        return with_texts(value, self.translated)

    def translated(self, text: str, depth: int = _DEPTH) -> str:
        """Return a text in this language; the text itself if it has no translation, or is a value in values of values."""
        if " " not in text or not depth:  # a name, or a value that is made to look like messages
            return text
        found = self._with_evidence(text, depth) if text.endswith(")") else None
        return found or self._after_place(text, depth) or self._message(text, depth) or text

    def _after_place(self, text: str, depth: int) -> str | None:
        """Return a warning whose message stands after a file and a line."""
        place = _PLACE.match(text)
        told = self.translated(text[place.end() :], depth - 1) if place else ""
        return f"{place[0]}{told}" if place and told != text[place.end() :] else None

    def _with_evidence(self, text: str, depth: int) -> str | None:
        """Return a message and its evidence; None if the evidence is not known, or its template has it."""
        message, _, evidence = text[:-1].rpartition(" (")
        reason = self._message(evidence, depth) if message else None
        if reason is None or any(_values(text, words) for words, _ in self._templates if words[-1].endswith(")")):
            return None
        return f"{self.translated(message, depth - 1)} ({reason})"

    def _message(self, text: str, depth: int) -> str | None:
        if text in self._whole:
            return self._whole[text]
        ending = None  # of a message before a colon that is not known: another template may have all of it
        for template in self._templates:
            values = _values(text, template.words)
            if values is None:
                continue
            translated = [self.translated(value, depth - 1) for value in values]
            few = sum(map(len, template.words)) < _FEW and depth > 1
            if few and any(map(_is_prose_left, values, translated)):
                continue
            told = template.translation.format(*translated)
            if not _ends(template.words) or " " not in values[0] or values[0] != translated[0]:
                return told
            ending = ending or told
        return ending


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; an empty one if it has no file."""
    return Catalogue({entry.msgid: entry.msgstr for entry in _entries(language) if entry.msgctxt is None})


def labels(language: str) -> dict[str, str]:
    """Return the translations of the labels on the console's page."""
    return {entry.msgid: entry.msgstr for entry in _entries(language) if entry.msgctxt == PAGE}


@cache
def _entries(language: str) -> tuple[polib.POEntry, ...]:
    """Return the translated messages of a language; none if it has no file."""
    file = _FOLDER / language / "LC_MESSAGES" / "netful.po"
    if not language.isalpha() or not file.is_file():
        return ()
    return tuple(entry for entry in polib.pofile(str(file)) if entry.msgstr)


def _words(message: str) -> tuple[str, ...]:
    """Return the words before, between and after the values of a message."""
    words = [""]
    for text, value, _, _ in Formatter().parse(message):
        words[-1] += text
        if value is not None:
            words.append("")
    return tuple(words)


def _is_prose_left(value: str, translated: str) -> bool:
    """Return whether a value is several words of prose that have no translation."""
    return value == translated and len(_WORD.findall(value)) >= _PROSE


def _ends(words: tuple[str, ...]) -> bool:
    """Return whether a message begins with another one and a colon, as `{}: AWS refuses {}` does."""
    return words[0] == "" and words[1].startswith(": ")


def _values(text: str, words: tuple[str, ...]) -> list[str] | None:
    """Return the values in a text that has these words in this order; None if it does not have them."""
    first, *between, last = words
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return None
    values = []
    for word in between:
        found = text.find(word, at, end)
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(word)
    values.append(text[at:end])
    if not first and len(values) == 1 and " " not in last.strip() and " " in values[0]:
        return None  # `{} failed` is a number with its noun, not the end of a sentence
    quoted = (before.endswith("`") and after.startswith("`") for before, after in pairwise(words))
    return None if any("`" in value for value, one in zip(values, quoted, strict=True) if one) else values
