"""Parser of expressions and references: from text to nodes.

Surprising rules, all of Velocity:
1. A name may contain a dash, so `$a-1` is one name; write `$a - 1`.
2. A backslash in a string is a backslash; a quote inside is doubled. Only double quotes interpolate.
3. `.` belongs to a reference only before a name: in `$a.` it is a full stop.
"""

import re
from collections.abc import Callable

from netful.engine.vtl.syntax import nodes
from netful.engine.vtl.syntax.cursor import Cursor

REFERENCE = re.compile(r"\$!?(\{?)([A-Za-z_][A-Za-z0-9_-]*)")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)(\(?)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?")
_QUOTED = {'"': re.compile(r'"((?:[^"]|"")*)"'), "'": re.compile(r"'((?:[^']|'')*)'")}
_NEGATION = re.compile(r"!|not\b")
_WORD = re.compile(r"[A-Za-z]+")
_OPERATOR = re.compile(r"&&|\|\||==|!=|<=|>=|[<>+*/%-]|(?:and|or|eq|ne|lt|gt|le|ge)\b")
_CONSTANTS = {"true": True, "false": False}
_WORDS = {"and": "&&", "or": "||", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_STRENGTH = {
    **dict.fromkeys(("||",), 1),
    **dict.fromkeys(("&&",), 2),
    **dict.fromkeys(("==", "!="), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}

ReadBlock = Callable[[Cursor], nodes.Block]


class ExpressionReader:
    """Parser of expressions at a cursor. `read_block` parses the template in a double-quoted string."""

    __slots__ = ("_read_block",)

    def __init__(self, read_block: ReadBlock) -> None:
        self._read_block = read_block

    def expression(self, cursor: Cursor, strength: int = 0) -> nodes.Expression:
        """Return the longest expression here whose operators bind stronger than `strength`."""
        with cursor.nested():
            left = self._unary(cursor)
            while operator := self._operator(cursor, strength):
                left = nodes.Binary(operator, left, self.expression(cursor, _STRENGTH[operator]))
        return left

    def _operator(self, cursor: Cursor, strength: int) -> str | None:
        start = cursor.at
        cursor.skip_space()
        found = cursor.match(_OPERATOR)
        if found:
            operator = _WORDS.get(found[0], found[0])
            if _STRENGTH[operator] > strength:
                return operator
        cursor.at = start
        return None

    def _unary(self, cursor: Cursor) -> nodes.Expression:
        cursor.skip_space()
        if cursor.match(_NEGATION):
            with cursor.nested():
                return nodes.Not(self._unary(cursor))
        return self.operand(cursor)

    def operand(self, cursor: Cursor) -> nodes.Expression:
        """Return a value without operators around it."""
        cursor.skip_space()
        sign = cursor.next
        match sign:
            case "$":
                return self._required_reference(cursor)
            case '"' | "'":
                return self._string(cursor, sign)
            case "[":
                return self._list(cursor)
            case "{":
                return self._map(cursor)
            case "(":
                cursor.at += 1
                inner = self.expression(cursor)
                cursor.expect(")")
                return inner
        return self._plain(cursor)

    def _plain(self, cursor: Cursor) -> nodes.Expression:
        start = cursor.at
        if number := cursor.match(_NUMBER):
            return nodes.Literal(float(number[0]) if "." in number[0] else _integer(cursor, number[0]))
        if (word := cursor.match(_WORD)) and word[0] in _CONSTANTS:
            return nodes.Literal(_CONSTANTS[word[0]])
        cursor.at = start
        raise cursor.error(f"expected a value, found `{cursor.next}`" if cursor.next else "expected a value")

    def _required_reference(self, cursor: Cursor) -> nodes.Reference:
        reference = self.reference(cursor)
        if reference is None:
            raise cursor.error("expected a name after `$`")
        return reference

    def reference(self, cursor: Cursor) -> nodes.Reference | None:
        """Return the reference at the position; None if the dollar sign does not begin one."""
        start = cursor.match(REFERENCE)
        if start is None:
            return None
        steps: list[nodes.Step] = []
        while step := self._step(cursor):
            steps.append(step)
        if start[1] and not cursor.take("}"):
            raise cursor.error(f"expected `}}` to close `${{{start[2]}`")
        return nodes.Reference(start[2], tuple(steps))

    def _step(self, cursor: Cursor) -> nodes.Step | None:
        if step := cursor.match(_STEP):
            return nodes.MethodCall(step[1], self._sequence(cursor, ")")) if step[2] else nodes.Property(step[1])
        if cursor.take("["):
            key = self.expression(cursor)
            cursor.expect("]")
            return nodes.Index(key)
        return None

    def _sequence(self, cursor: Cursor, close: str) -> tuple[nodes.Expression, ...]:
        cursor.skip_space()
        if cursor.take(close):
            return ()
        items = [self.expression(cursor)]
        cursor.skip_space()
        while cursor.take(","):
            items.append(self.expression(cursor))
            cursor.skip_space()
        cursor.expect(close)
        return tuple(items)

    def _string(self, cursor: Cursor, quote: str) -> nodes.Expression:
        found = cursor.match(_QUOTED[quote])
        if found is None:
            raise cursor.error("string without its closing quote")
        text = found[1].replace(quote * 2, quote)
        if quote == "'" or not ("$" in text or "#" in text):
            return nodes.Literal(text)
        outer_end, cursor.at = cursor.at, found.start()
        body = self._read_block(Cursor(text, cursor))
        cursor.at = outer_end
        return nodes.Interpolation(body)

    def _list(self, cursor: Cursor) -> nodes.Expression:
        cursor.expect("[")
        cursor.skip_space()
        if cursor.take("]"):
            return nodes.ListLiteral(())
        first = self.expression(cursor)
        cursor.skip_space()
        if cursor.take(".."):
            last = self.expression(cursor)
            cursor.expect("]")
            return nodes.Range(first, last)
        if not cursor.take(","):
            cursor.expect("]")
            return nodes.ListLiteral((first,))
        return nodes.ListLiteral((first, *self._sequence(cursor, "]")))

    def _map(self, cursor: Cursor) -> nodes.Expression:
        cursor.expect("{")
        cursor.skip_space()
        entries: list[tuple[nodes.Expression, nodes.Expression]] = []
        if cursor.take("}"):
            return nodes.MapLiteral(())
        while True:
            key = self.expression(cursor)
            cursor.expect(":")
            entries.append((key, self.expression(cursor)))
            cursor.skip_space()
            if not cursor.take(","):
                break
        cursor.expect("}")
        return nodes.MapLiteral(tuple(entries))


def _integer(cursor: Cursor, digits: str) -> int:
    if len(digits) > 300:
        raise cursor.error("number with more than 300 digits")
    return int(digits)
