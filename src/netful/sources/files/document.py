"""A YAML or JSON file as plain values with line numbers.

Rules:
1. Mappings become `MarkedMap` and sequences `MarkedList`: an ordinary dict and list that also have their own lines and
   those of their members. Scalars are plain.
2. A short-form tag becomes its long form: `!Ref X` is `{"Ref": "X"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`.
3. Scalars follow YAML 1.1 as CloudFormation reads it, except where that would lose the written text: dates,
   octal-looking account numbers and `22:22` stay strings.
4. A duplicate key is a warning with both lines; the last one wins.
5. The parser's events are read with an explicit stack, and the values behind aliases are counted. So deep nesting and
   alias bombs only cause an error message.
6. Half a character and U+0000, which cannot be written as UTF-8 text, are rejected here.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from netful.model.core import Origin, Placed, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.files.unreadable import beginning_of, decoded

MAX_BYTES = 4 << 20
MAX_JSON_BYTES = 64 << 20
MAX_DEPTH = 120
MAX_VALUES = 400_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_NULLS = {"", "~", "null", "Null", "NULL"}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_HALVES = re.compile(
    r"(\\\\)|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_WIDE = re.compile("[\u3000\uff02\uff03\uff06\uff07\uff0a\uff0c\uff0d\uff1a\uff1e\uff3b\uff3d\uff5b\uff5c\uff5d]")
"""Characters of East Asian keyboards that look like those of YAML."""
WIDE_SPACES = "indent with spaces, not with wide ones"
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MERGE_KEY = "<<"
MACRO_KEYS = ("Fn::Transform", "Fn::ForEach::", "Transform")
_SHORT_WITHOUT_PREFIX = {"!Ref": "Ref", "!Condition": "Condition"}


class LeftOut(Placed):
    """A macro that was not run: any part of the template may lack what it makes. `needs` is the missing input."""

    what: str
    needs: tuple[str, ...] = ()


@dataclass
class Document:
    """One file that was read: its root value and its peculiarities.

    `has_macros`: some key is a macro that must be expanded before the template is read. `left_out` are those that were not.
    """

    file: str
    root: Any
    has_macros: bool = False
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class _Frame:
    """An open mapping or sequence; `tag` is its short-form function, `size` the values in it, aliases expanded."""

    value: MarkedMap | MarkedList
    tag: str
    anchor: str | None
    key: Any = None
    key_line: int = 0
    has_key: bool = False
    size: int = 1


def read(path: Path) -> Document:
    """Return the document in a file."""
    why = f"netful reads at most {MAX_BYTES:,}; CloudFormation takes 1,000,000"
    return parse(_text(path, MAX_BYTES, why, "split it into nested stacks"), str(path))


def read_json(path: Path) -> Document:
    """Return the document in a JSON file of a program, which may be long; it has no lines."""
    text = _text(path, MAX_JSON_BYTES, f"netful reads at most {MAX_JSON_BYTES:,}", "look at its modules one by one")
    return Document(str(path), _json(text, str(path)))


def _text(path: Path, most: int, why: str, hint: str) -> str:
    """Return the text of a file."""
    origin = Origin(str(path))
    raw = beginning_of(path, most)
    if len(raw) > most:
        raise SourceError(f"the file has more than {most:,} bytes", origin=origin, why=why, hint=hint)
    return decoded(path, raw)


def parse(text: str, file: str) -> Document:
    """Return the document in a text; `file` is its name in messages."""
    document = Document(file, None)
    if text.lstrip().startswith("{"):
        text = _HALVES.sub(lambda found: _whole(found, file), text)
    try:
        document.root = _Builder(document).build(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        if not text.lstrip().startswith("{"):
            raise _syntax_error(error, text, file) from None
        document.root = _json(text, file)
    return document


def _whole(found: re.Match[str], file: str) -> str:
    """Join the two halves of a character beyond U+FFFF, as JSON writes it and YAML does not read it."""
    if found[2]:
        line = found.string.count("\n", 0, found.start()) + 1
        raise _no_character(found[2], Origin(file, line))
    return found[0] if found[1] else str(json.loads(f'"{found[0]}"'))


def _no_character(what: str, origin: Origin) -> SourceError:
    return SourceError(f"invalid character `{what}`", origin=origin, hint="leave it out")


def _of_line(lines: list[str]) -> str:
    """Return the hint for the line of a syntax error: tabs, or wide characters that look like those of YAML."""
    line = "".join(lines)
    wide = _WIDE.search(line)
    if "\t" in line:
        return "indent with spaces, not tabs"
    if wide and wide[0] == "\u3000":
        return WIDE_SPACES
    if wide:
        return f"write `{unicodedata.normalize('NFKC', wide[0])}` instead of the wide character `{wide[0]}`"
    return "check the indentation and the quotes around this line"


def _syntax_error(error: yaml.YAMLError, text: str, file: str) -> SourceError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None and (wrong := _CONTROL.search(text)):
        return _no_character(f"\\x{ord(wrong[0]):02x}", Origin(file, text.count("\n", 0, wrong.start()) + 1))
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed")
    if "nesting depth" in problem:  # libyaml's own limit
        return _too_deep(Origin(file, mark.line + 1 if mark else 0))
    hint = _of_line(text.splitlines()[mark.line :][:1] if mark else [])
    context = getattr(error, "context", None)
    origin = Origin(file, mark.line + 1 if mark else 0)
    return SourceError(
        "the file is not valid YAML", origin=origin, why=f"{context}: {problem}" if context else problem, hint=hint
    )


def _json(text: str, file: str) -> Any:
    """Read JSON that is not YAML, such as very long keys; such a file has no lines."""
    try:
        return _marked(from_json(text), file)
    except json.JSONDecodeError as error:
        raise SourceError(
            "the file is not valid JSON",
            origin=Origin(file, error.lineno),
            why=error.msg[:1].lower() + error.msg[1:],
            hint="check the commas, braces and quotes around this line",
        ) from None
    except RecursionError:
        raise _too_deep(Origin(file)) from None


def _marked(value: Any, file: str) -> Any:
    if isinstance(value, dict):
        marked = MarkedMap(file)
        for key, member in value.items():
            marked.put(_marked(key, file), _marked(member, file))
        return marked
    if isinstance(value, list):
        items = MarkedList(file)
        for item in value:
            items.put(_marked(item, file))
        return items
    if isinstance(value, str) and (wrong := _NO_CHARACTER.search(value)):
        raise _no_character(f"\\u{ord(wrong[0]):04x}", Origin(file))
    return value


def _too_deep(origin: Origin) -> SourceError:
    return SourceError(
        f"values are nested more than {MAX_DEPTH} deep", origin=origin, hint="CloudFormation refuses this as well"
    )


class _Builder:
    """Turns the parser's events into values."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._file = document.file
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._root: Any = None
        self._documents = 0

    def build(self, events: Iterator[Any]) -> Any:
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(MarkedMap(self._file, event.start_mark.line + 1), event)
            elif kind is yaml.SequenceStartEvent:
                self._open(MarkedList(self._file, event.start_mark.line + 1), event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self._count_document(event)
        return self._root

    def _count_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise SourceError(
                "the file holds more than one YAML document",
                origin=Origin(self._file, event.start_mark.line + 1),
                hint="give each template a file of its own",
            )

    def _open(self, value: MarkedMap | MarkedList, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise _too_deep(value.origin)
        self._stack.append(_Frame(value, event.tag if _is_function(event.tag) else "", event.anchor))

    def _close(self) -> None:
        frame = self._stack.pop()
        value = _tagged(frame.tag, frame.value, self._file, frame.value.line) if frame.tag else frame.value
        self._add(value, frame.value.line, frame.size, frame.anchor)

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line + 1
        value: Any = event.value
        if "\0" in value:
            raise _no_character("\\0", Origin(self._file, line))
        if _is_function(event.tag):
            value = _tagged(event.tag, value, self._file, line)
        elif event.implicit[0] and event.tag is None and not self._at_key():
            value = _plain(value)
        self._add(value, line, 1, event.anchor)

    def _at_key(self) -> bool:
        """Return whether the next value is a key; a key is always the text as written, also `Yes` and `80`."""
        return bool(self._stack) and isinstance(self._stack[-1].value, MarkedMap) and not self._stack[-1].has_key

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise SourceError(
                f"alias `*{event.anchor}` names no finished anchor",
                origin=Origin(self._file, line),
                hint=f"define `&{event.anchor}` above this line, and not around it",
            )
        value, size = self._anchors[event.anchor]
        self._add(value, line, size, None)

    def _add(self, value: Any, line: int, size: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        frame.size += size
        if frame.size > MAX_VALUES:
            raise SourceError(
                f"the file expands to more than {MAX_VALUES:,} values",
                origin=Origin(self._file, line),
                why="aliases (`*name`) repeat what they name, and here they multiply",
                hint="write the values out",
            )
        if isinstance(frame.value, MarkedList):
            frame.value.put(value, line)
        elif not frame.has_key:
            frame.key, frame.key_line, frame.has_key = value, line, True
        else:
            self._pair(frame.value, frame.key, frame.key_line, value)
            frame.has_key = False

    def _pair(self, mapping: MarkedMap, key: Any, line: int, value: Any) -> None:
        if isinstance(key, (dict, list)):
            raise SourceError(
                "a key is not a plain text",
                origin=Origin(self._file, line),
                hint="quote it if it begins with `{` or `[`",
            )
        name = str(key)
        if name.startswith(MACRO_KEYS):
            self._document.has_macros = True
        if name == _MERGE_KEY:
            _merge(mapping, value)
            return
        if name in mapping.lines:
            self._document.warnings.append(
                f"{self._file}:{line}: key `{name}` stands twice, first on line {mapping.lines[name]}; the last one wins"
            )
        mapping.put(name, value, line)


def _merge(mapping: MarkedMap, value: Any) -> None:
    """Add the keys of a YAML merge (`<<: *name`): the mapping's own keys win."""
    for source in value if isinstance(value, list) else [value]:
        if isinstance(source, MarkedMap):
            for key in source:
                if key not in mapping:
                    mapping[key] = source[key]


def _is_function(tag: str | None) -> bool:
    return tag is not None and tag.startswith("!") and len(tag) > 1


def _tagged(tag: str, value: Any, file: str, line: int) -> MarkedMap:
    """Return the long form of a short-form function."""
    if tag == "!GetAtt" and isinstance(value, str):
        parts = MarkedList(file, line)
        for part in value.split(".", 1):
            parts.put(part, line)
        value = parts
    marked = MarkedMap(file, line)
    marked.put(_SHORT_WITHOUT_PREFIX.get(tag, "Fn::" + tag[1:]), value, line)
    return marked


def _plain(text: str) -> Any:
    """Return the value of an unquoted scalar."""
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _NULLS:
        return None
    if _INTEGER.fullmatch(text) and len(text) <= 18:  # longer ones are identifiers, not quantities
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def beside(origin: Origin, written: str) -> Path | None:
    """Return the local file that a path at a place in another file names; None if it does not exist or is a remote address.

    Raises SourceError if it is outside of the project's folder.
    """
    if "://" in written:
        return None
    path = Path(origin.file).parent / written
    if not path.is_file():
        return None
    project_folder.within(origin.file, path, origin)
    return path
