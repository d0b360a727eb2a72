"""Parser of a template: from text to a block of nodes.

White space follows Velocity 1: a directive removes the blanks and the line end after it, never those before it; a `##` comment
removes its line end. A backslash before a reference or directive makes it plain text.
"""

import re
from itertools import groupby

from netful.engine.vtl.syntax import nodes
from netful.engine.vtl.syntax.cursor import Cursor
from netful.engine.vtl.syntax.expressions import REFERENCE, ExpressionReader

_PLAIN = re.compile(r"[^$#\\]+")
_COMMENT = re.compile(r"##[^\r\n]*(?:\r\n|\r|\n)?|#\*.*?\*#", re.DOTALL)
_UNPARSED, _UNPARSED_END = "#[[", "]]#"
_BACKSLASHES = re.compile(r"\\+")
_DIRECTIVE = re.compile(r"#(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_OPEN = re.compile(r"[ \t]*\(")
_LINE_END = re.compile(r"[ \t]*(?:\r\n|\r|\n)")
_IN = re.compile(r"\s*in\b")
_MACRO_NAME = re.compile(r"\s*([A-Za-z_]\w*)")
_MACRO_NAMES = re.compile(r"#macro[ \t]*\(\s*([A-Za-z_]\w*)")
_SEPARATOR = re.compile(r"[\s,]*")

_END = frozenset(("end",))
_BRANCH = frozenset(("end", "else", "elseif"))
_KEYWORDS = frozenset(("set", "if", "foreach", "macro", "define", "evaluate", "break", "stop", "include", "parse"))


class Parser:
    """Parser of a template. A macro may be called before its definition, so all macro names are collected first."""

    __slots__ = ("_expressions", "_macros")

    def __init__(self, source: str) -> None:
        self._macros = frozenset(_MACRO_NAMES.findall(source))
        self._expressions = ExpressionReader(self._whole)

    def parse(self, source: str) -> nodes.Block:
        """Return the nodes of a whole template."""
        return self._whole(Cursor(source))

    def _whole(self, cursor: Cursor) -> nodes.Block:
        return self._block(cursor, frozenset())[0]

    def _block(self, cursor: Cursor, closers: frozenset[str], opened: int = 0) -> tuple[nodes.Block, str]:
        """Return the nodes up to one of `closers`, and that closer; the cursor is after it. `opened`: the directive."""
        parts: list[nodes.Node] = []
        with cursor.nested():
            while not cursor.ended:
                start = cursor.at
                found = self._next(cursor)
                if isinstance(found, str):
                    if found not in closers:
                        raise cursor.error(f"`#{found}` without what it belongs to", start)
                    return _joined(parts), found
                parts.extend(found)
        if closers:
            raise cursor.error("directive without its `#end`", opened)
        return _joined(parts), ""

    def _next(self, cursor: Cursor) -> tuple[nodes.Node, ...] | str:
        """Return the nodes at the position, or the name of a directive that closes a block."""
        if plain := cursor.match(_PLAIN):
            return (nodes.Text(plain[0]),)
        match cursor.next:
            case "$":
                reference = self._expressions.reference(cursor)
                return (reference,) if reference else _one(cursor)
            case "\\":
                return self._escape(cursor)
        if cursor.match(_COMMENT):
            return ()
        if (unparsed := cursor.take_between(_UNPARSED, _UNPARSED_END)) is not None:
            return (nodes.Text(unparsed),)
        if cursor.source.startswith("#*", cursor.at):
            raise cursor.error("comment without its closing `*#`")
        return self._directive(cursor)

    def _escape(self, cursor: Cursor) -> tuple[nodes.Node, ...]:
        slashes = cursor.match(_BACKSLASHES)
        assert slashes is not None  # the next character is one
        if not self._means_something(cursor):
            return (nodes.Text(slashes[0]),)
        kept = "\\" * (len(slashes[0]) // 2)
        return (nodes.Text(kept), *_one(cursor)) if len(slashes[0]) % 2 else (nodes.Text(kept),)

    def _means_something(self, cursor: Cursor) -> bool:
        if REFERENCE.match(cursor.source, cursor.at):
            return True
        name = _DIRECTIVE.match(cursor.source, cursor.at)
        return name is not None and (name[1] or name[2]) in _KEYWORDS | _BRANCH | self._macros

    def _directive(self, cursor: Cursor) -> tuple[nodes.Node, ...] | str:
        start = cursor.at
        found = cursor.match(_DIRECTIVE)
        name = (found[1] or found[2]) if found else ""
        if name in _BRANCH:
            if name != "elseif":
                cursor.match(_LINE_END)
            return name
        if name in _KEYWORDS:
            return (self._keyword(cursor, name, start),)
        if name in self._macros and cursor.match(_OPEN):
            return (nodes.MacroCall(name, self._macro_arguments(cursor)),)
        cursor.at = start
        return _one(cursor)

    def _keyword(self, cursor: Cursor, name: str, start: int) -> nodes.Node:
        match name:
            case "break":
                return nodes.Break()
            case "stop":
                return nodes.Stop()
            case "include" | "parse":
                raise cursor.error(f"`#{name}` is not available in API Gateway", start)
        if not cursor.match(_OPEN):
            raise cursor.error(f"expected `(` after `#{name}`")
        readers = {
            "set": self._set,
            "if": self._if,
            "foreach": self._foreach,
            "macro": self._macro,
            "define": self._define,
            "evaluate": self._evaluate,
        }
        return readers[name](cursor, start)

    def _close(self, cursor: Cursor) -> None:
        cursor.expect(")")
        cursor.match(_LINE_END)

    def _condition(self, cursor: Cursor) -> nodes.Expression:
        condition = self._expressions.expression(cursor)
        self._close(cursor)
        return condition

    def _variable(self, cursor: Cursor) -> nodes.Reference:
        cursor.skip_space()
        reference = self._expressions.reference(cursor)
        if reference is None:
            raise cursor.error("expected a reference")
        return reference

    def _set(self, cursor: Cursor, _start: int) -> nodes.Node:
        target = self._variable(cursor)
        cursor.expect("=")
        return nodes.Set(target, self._condition(cursor))

    def _if(self, cursor: Cursor, opened: int) -> nodes.Node:
        branches: list[tuple[nodes.Expression | None, nodes.Block]] = []
        condition: nodes.Expression | None = self._condition(cursor)
        while True:
            body, closer = self._block(cursor, _END if condition is None else _BRANCH, opened)
            branches.append((condition, body))
            if closer == "end":
                return nodes.If(tuple(branches))
            if closer == "else":
                condition = None
                continue
            if not cursor.match(_OPEN):
                raise cursor.error("expected `(` after `#elseif`")
            condition = self._condition(cursor)

    def _foreach(self, cursor: Cursor, opened: int) -> nodes.Node:
        name = self._variable(cursor).root
        if not cursor.match(_IN):
            raise cursor.error("expected `in`")
        source = self._condition(cursor)
        body, weight = self._body(cursor, opened)
        return nodes.Foreach(name, source, body, weight)

    def _body(self, cursor: Cursor, opened: int) -> tuple[nodes.Block, int]:
        start = cursor.at
        return self._block(cursor, _END, opened)[0], cursor.at - start

    def _macro(self, cursor: Cursor, opened: int) -> nodes.Node:
        name = cursor.match(_MACRO_NAME)
        if name is None:
            raise cursor.error("expected the name of the macro")
        parameters = []
        cursor.match(_SEPARATOR)
        while not cursor.take(")"):
            parameters.append(self._variable(cursor).root)
            cursor.match(_SEPARATOR)
        cursor.match(_LINE_END)
        return nodes.Macro(name[1], tuple(parameters), *self._body(cursor, opened))

    def _macro_arguments(self, cursor: Cursor) -> tuple[nodes.Expression, ...]:
        arguments = []
        cursor.match(_SEPARATOR)
        while not cursor.take(")"):
            arguments.append(self._expressions.operand(cursor))
            cursor.match(_SEPARATOR)
        cursor.match(_LINE_END)
        return tuple(arguments)

    def _define(self, cursor: Cursor, opened: int) -> nodes.Node:
        name = self._variable(cursor).root
        self._close(cursor)
        return nodes.Define(name, *self._body(cursor, opened))

    def _evaluate(self, cursor: Cursor, _start: int) -> nodes.Node:
        return nodes.EvaluateText(self._condition(cursor))


def _one(cursor: Cursor) -> tuple[nodes.Node, ...]:
    """Return the character at the position, as text."""
    character = cursor.next
    cursor.at += 1
    return (nodes.Text(character),)


def _joined(parts: list[nodes.Node]) -> nodes.Block:
    joined: list[nodes.Node] = []
    for is_text, group in groupby(parts, key=lambda node: isinstance(node, nodes.Text)):
        if is_text:
            joined.append(nodes.Text("".join(node.text for node in group if isinstance(node, nodes.Text))))
        else:
            joined.extend(group)
    return tuple(joined)
