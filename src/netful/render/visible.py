r"""Text of others, made visible: names and descriptions of templates, and the output of programs.

Some characters act on their reader instead of being shown. A terminal obeys control sequences, bidirectional marks change
the order of what a person reads, and a line end lets a name write lines of its own. CI services take commands from the lines
of a log, such as `::error::`. All of them are written as Python writes them in a string: `\n`, `\x1b`, `\u202e`.

Every format begins with `visible`, and then escapes by its own rules.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

_GITHUB = (
    "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env|set-output"
    "|stop-commands|warning"
)
_COMMANDS = re.compile(
    rf"(?<=:):(?=(?:{_GITHUB})\b)"  # GitHub's; a line may be wrapped before it
    rf"|(?<=:)(?<!\w:):(?=(?i:{_GITHUB})\b)"  # in any case, but not AWS::IAM::Group
    r"|(?<=#)#(?=\[|vso\[|teamcity\[)"  # GitHub's older ones, Azure's and TeamCity's
)
# what is left of each is no command without the character that matches
_UNUSUAL = re.compile(r"[^\x20-\x7e]")
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_LINES = re.compile(r"([\n\t])")
_SPACES = "\u00a0\u3000"


def visible(value: T) -> T:
    """Return a text with all acting characters visible; of a document or a dataclass, one whose texts are so."""
    return with_texts(value, _text)


def with_texts(value: T, change: Callable[[str], str]) -> T:
    """Return a value with its texts changed: a text, a document or a dataclass."""
    return _each(value, change)  # type: ignore[no-any-return]


def visible_output(text: str) -> str:
    """Return the output of a program for a terminal: its lines, tabs and colours stay."""
    parts = _LINES.split(text)
    return "".join(part if part in {"\n", "\t"} else _coloured(part.removesuffix("\r")) for part in parts)


def escaped(text: str, escape: Callable[[str], str], kept: str = "") -> str:
    """Return a text with its acting characters escaped, but those that are kept."""

    def shown(found: re.Match[str]) -> str:
        character = found[0]
        return character if character in kept or _is_shown(character) else escape(character)

    return _COMMANDS.sub(lambda found: escape(found[0]), _UNUSUAL.sub(shown, text))


def _is_shown(character: str) -> bool:
    """Return whether a character has a glyph, or is a space of some script."""
    return character.isprintable() or character in _SPACES


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if type(value) is str:
        return change(value)
    if isinstance(value, dict):
        return {_each(key, change): _each(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    if type(value) is tuple:
        return tuple(_each(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _each(getattr(value, each.name), change) for each in fields(value)})
    return value


def _text(text: str) -> str:
    return escaped(text, _escape)


def _coloured(line: str) -> str:
    return "".join(part if _COLOUR.fullmatch(part) else _text(part) for part in _COLOUR.split(line))


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if character.isascii() and character.isprintable() else ascii(character)[1:-1]
