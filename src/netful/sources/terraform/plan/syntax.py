"""Syntax of Terraform's expressions: a text becomes a tree of nodes.

| node | text |
|---|---|
| `Constant` | `1`, `true`, `null`, a text without values in it |
| `Joined` | `"a${b}"`, also as a here document |
| `Name` | `var`, `aws_vpc`: what comes first in a reference |
| `Member` | `a.b`, `a[b]` |
| `Splat` | `a[*].b`, `a.*.b`: the members of each item |
| `Call` | `f(a, b)`, and `a + b` as the function `+` |
| `Choice` | `a ? b : c` |
| `Several`, `Object` | `[a, b]`, `{ a = b }` |
| `Loop` | `[for k, v in a : b if c]`, `{ for k, v in a : b => c }` |

In a text, `%{ if }` is a `Choice`, and `%{ for }` joins what a `Loop` makes. `~` takes the spaces beside it away, those of one line alone.
A text of another form has no tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeAlias

from netful.model.core import Frozen


class Constant(Frozen):
    """A value that is written."""

    value: Any


class Joined(Frozen):
    """Texts and values that make one text."""

    parts: tuple[Node, ...]


class Name(Frozen):
    """Beginning of a reference."""

    name: str


class Member(Frozen):
    """A member of a value, by its name or number."""

    of: Node
    key: Node


class Splat(Frozen):
    """Members of each item of a list, on a way of keys."""

    of: Node
    way: tuple[Node, ...]


class Call(Frozen):
    """A function, or an operator, with its arguments; `spread`: the last one has several."""

    function: str
    arguments: tuple[Node, ...]
    spread: bool = False


class Choice(Frozen):
    """One of two values, by a condition."""

    condition: Node
    yes: Node
    no: Node


class Several(Frozen):
    """A list that is written."""

    items: tuple[Node, ...]


class Object(Frozen):
    """An object that is written."""

    members: tuple[tuple[Node, Node], ...]


class Loop(Frozen):
    """A list or an object (with `key`) made of each item of another one."""

    names: tuple[str, ...]
    over: Node
    key: Node | None
    value: Node
    condition: Node | None


Node: TypeAlias = Constant | Joined | Name | Member | Splat | Call | Choice | Several | Object | Loop


class _Form(Frozen, dict=True):
    """Form of a text: what is plain in it, its end, and what stands for other characters."""

    plain: re.Pattern[str]
    end: str
    escapes: Mapping[str, str]

    def read(self, plain: str) -> str:
        """Return a plain part of it as it is meant."""
        return re.sub("|".join(map(re.escape, self.escapes)), lambda found: self.escapes[found[0]], plain)


def references(node: Any, names: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the first two parts of each reference in a tree, except for the names of loops around it."""
    if isinstance(node, Loop):
        yield from references(node.over, names)
        yield from references((node.key, node.value, node.condition), names | {*node.names})
    elif isinstance(node, tuple):
        yield from (found for one in node for found in references(one, names))
    elif isinstance(node, Member) and isinstance(node.of, Name) and isinstance(node.key, Constant):
        yield from [f"{node.of.name}.{node.key.value}"] if node.of.name not in names else ()
    elif isinstance(node, Frozen):
        yield from references(tuple(getattr(node, one.name) for one in fields(node)), names)


class NoTree(Exception):  # noqa: N818 - it is an answer and no fault: the text has another form
    """A text has a form that is not read."""


_OPERATORS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
"""Operators, the weakest ones first."""

_LONGER: Mapping[str, tuple[str, ...]] = {"!": ("!=",), "=": ("==", "=>")}
"""Operators with the same beginning as another one."""

_SPACE = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w-]*(?:::[\w-]+)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PLAIN = re.compile(r'(?:[^"\\$%\n]|\\[ntr"\\]|\$\$\{|%%\{|[$%](?!\{))+')
_HERE = re.compile(r"<<(-?)([\w-]+)[ \t]*\n(.*?)^[ \t]*\2[ \t]*$", re.DOTALL | re.MULTILINE)
_FOR, _IF = re.compile(r"for\s+(\w[\w-]*)\s*(?:,\s*(\w[\w-]*)\s*)?\bin\b"), re.compile(r"if\b")
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}
_PLAIN_LINES = re.compile(r"(?:[^$%\0]|\$\$\{|%%\{|[$%](?!\{))+")
_OPEN, _SHUT, _SPACES = re.compile(r"([$%])\{(~?)\s*(\w*)"), re.compile(r"(~?)\}"), re.compile(r"[ \t\r]*\n?")
_END = "\0"
_QUOTED, _LINES = _Form(_PLAIN, '"', _ESCAPES), _Form(_PLAIN_LINES, _END, {"$${": "${", "%%{": "%{"})
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_SEEN = 4096


@lru_cache(_SEEN)
def tree(text: str) -> Node | None:
    """Return the tree of a text; None if it has a form that is not read."""
    return _tree(_Reading(text), _Reading.expression)


@lru_cache(_SEEN)
def template_tree(text: str) -> Node | None:
    """Return the tree of a text with values and directives in it; None likewise."""
    return _tree(_Reading(text + _END), lambda reading: reading.template(_LINES))


def _tree(reading: _Reading, read: Callable[[_Reading], Node]) -> Node | None:
    try:
        found = read(reading)
    except (NoTree, RecursionError, ValueError):  # of a number that is too long
        return None
    return found if reading.ends() else None


class _Reading:
    """A text that is read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def ends(self) -> bool:
        return self._skipped() == len(self.text)

    def expression(self) -> Node:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        yes = self.expression()
        self._need(":")
        return Choice(condition, yes, self.expression())

    def _binary(self, level: int) -> Node:
        if level == len(_OPERATORS):
            return self._unary()
        left = self._binary(level + 1)
        while operator := next(filter(self._take_operator, _OPERATORS[level]), None):
            left = Call(operator, (left, self._binary(level + 1)))
        return left

    def _unary(self) -> Node:
        operator = next(filter(self._take_operator, ("!", "-")), None)
        return Call(operator, (self._unary(),)) if operator else self._reference()

    def _reference(self) -> Node:
        found = self._first()
        while True:
            if (key := self._key()) is None:
                return found
            if key != _EVERY:
                found = Member(found, key)
                continue
            whole, way = self.text[self.place - 1] == "]", []
            while (whole or self._is_next(".")) and (inner := self._key()) is not None:
                way.append(inner)
            if _EVERY in way:
                raise NoTree
            found = Splat(found, tuple(way))

    def _key(self) -> Node | None:
        """Return the next key of a reference; `_EVERY` for `[*]` and `.*`, None at the end of it."""
        if not self._is_next("...") and self._take("."):
            if self._take("*"):
                return _EVERY
            found = self._match(_NUMBER) or self._match(_NAME)
            return Constant(int(found) if found.isdigit() else found)
        if "\n" in self.text[self.place : self._skipped()] or not self._take("["):
            return None
        key = _EVERY if self._take("*") else self.expression()
        self._need("]")
        return key

    def _first(self) -> Node:
        here = self._skipped()
        if self._take('"'):
            return self.template(_QUOTED)
        if found := _HERE.match(self.text, here):
            self.place = found.end()
            return _here_document(found[1], found[3])
        if number := _NUMBER.match(self.text, here):
            self.place = number.end()
            return Constant(float(number[0]) if "." in number[0] else int(number[0]))
        if self._take("("):
            inner = self.expression()
            self._need(")")
            return inner
        for start, make in (("[", self._list), ("{", self._object)):
            if self._take(start):
                return make()
        name = self._match(_NAME)
        if self.text[self.place : self.place + 1] == "(":
            self.place += 1
            return self._call(name)
        return Constant(_WORDS[name]) if name in _WORDS else Name(name)

    def _call(self, function: str) -> Node:
        arguments, spread = [], False
        while not self._take(")"):
            arguments.append(self.expression())
            spread = self._take("...")
            if not self._take(",") and not self._is_next(")"):
                raise NoTree
        return Call(function, tuple(arguments), spread)

    def _list(self) -> Node:
        if (loop := self._loop()) is not None:
            return self._closed(loop, None, self.expression(), "]")
        items = []
        while not self._take("]"):
            items.append(self.expression())
            if not self._take(",") and not self._is_next("]"):
                raise NoTree
        return Several(tuple(items))

    def _object(self) -> Node:
        if (loop := self._loop()) is not None:
            key = self.expression()
            self._need("=>")
            return self._closed(loop, key, self.expression(), "}")
        members = []
        while not self._take("}"):
            is_name = not self._is_next("(")
            key = self._binary(0)
            if not (self._take_operator("=") or self._take(":")):
                raise NoTree
            members.append((Constant(key.name) if is_name and isinstance(key, Name) else key, self.expression()))
            self._take(",")
        return Object(tuple(members))

    def _loop(self) -> tuple[tuple[str, ...], Node] | None:
        found = _FOR.match(self.text, self._skipped())
        if found is None:
            return None
        self.place = found.end()
        over = self.expression()
        self._need(":")
        return tuple(filter(None, found.groups())), over

    def _closed(self, loop: tuple[tuple[str, ...], Node], key: Node | None, value: Node, end: str) -> Node:
        has_condition = _IF.match(self.text, self._skipped()) is not None and self._take("if")
        condition = self.expression() if has_condition else None
        self._need(end)
        return Loop(loop[0], loop[1], key, value, condition)

    def template(self, form: _Form, *closing: str) -> Node:
        """Return a text up to its end, or up to one of the directives that close it, with the values in it."""
        parts: list[Node] = []
        while not self.text.startswith(form.end, self.place):
            if start := _OPEN.match(self.text, self.place):
                if start[2] and parts and isinstance(parts[-1], Constant):
                    parts[-1] = Constant(_stripped(str(parts[-1].value)))
                if start[1] == "%" and start[3] in closing:
                    return _joined(parts)
                self.place = start.end(2)
                parts.append(self._directive(form) if start[1] == "%" else self._value())
            elif found := form.plain.match(self.text, self.place):
                self.place = found.end()
                parts.append(Constant(form.read(found[0])))
            else:
                raise NoTree
        self.place += len(form.end)
        if closing:
            raise NoTree
        return _joined(parts)

    def _directive(self, form: _Form) -> Node:
        if found := _FOR.match(self.text, self._skipped()):
            self.place = found.end()
            over, inner = self._value(), self.template(form, "endfor")
            self._closing()
            return Call("join", (Constant(""), Loop(tuple(filter(None, found.groups())), over, None, inner, None)))
        if self._match(_NAME) != "if":
            raise NoTree
        condition, yes, no = self._value(), self.template(form, "else", "endif"), _joined(())
        if self._closing() == "else":
            no = self.template(form, "endif")
            self._closing()
        return Choice(condition, yes, no)

    def _closing(self) -> str:
        """Take the directive that closes a part of a text."""
        start = _OPEN.match(self.text, self.place)
        if start is None:
            raise NoTree
        self.place = start.end()
        self._shut()
        return start[3]

    def _value(self) -> Node:
        """Return a value in a text, without what closes it."""
        found = self.expression()
        self._shut()
        return found

    def _shut(self) -> None:
        end = _SHUT.match(self.text, self._skipped())
        if end is None:
            raise NoTree
        spaces = _SPACES.match(self.text, end.end()) if end[1] else None
        self.place = spaces.end() if spaces else end.end()

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self._skipped())
        if found is None and pattern is not _NUMBER:
            raise NoTree
        self.place = found.end() if found else self.place
        return found[0] if found else ""

    def _take(self, text: str) -> bool:
        if found := self._is_next(text):
            self.place = self._skipped() + len(text)
        return found

    def _is_next(self, text: str) -> bool:
        return self.text.startswith(text, self._skipped())

    def _take_operator(self, text: str) -> bool:
        """Take an operator, unless it is the beginning of a longer one."""
        return not self.text.startswith(_LONGER.get(text, ()), self._skipped()) and self._take(text)

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise NoTree

    def _skipped(self) -> int:
        found = _SPACE.match(self.text, self.place)
        return found.end() if found else self.place


_EVERY = Constant("*")


def _here_document(indented: str, body: str) -> Node:
    """Return the text of a here document; `<<-` takes the spaces away that all its lines begin with."""
    if indented and "%{" in body:
        raise NoTree  # Terraform takes away no spaces after a directive
    if indented:
        lines = body.splitlines(keepends=True)
        spaces = [len(one) - len(one.lstrip(" \t")) for one in lines]
        least = min((number for number, one in zip(spaces, lines, strict=True) if one.strip()), default=0)
        body = "".join(one[min(least, number) :] for number, one in zip(spaces, lines, strict=True))
    return _Reading(body + _END).template(_LINES)


def _joined(parts: Sequence[Node]) -> Node:
    if all(isinstance(one, Constant) and isinstance(one.value, str) for one in parts):
        return Constant("".join(one.value for one in parts if isinstance(one, Constant)))
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))


def _stripped(text: str) -> str:
    """Return a text without the spaces at its end, and without the end of its last line."""
    *lines, last = text.splitlines(keepends=True) or [""]
    return "".join((*lines, last.rstrip()))
