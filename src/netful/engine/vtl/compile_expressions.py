"""Expressions: from nodes to closures that take a `Run` and give a value.

The two commonest shapes, `$a.b.c` and a method without or with one argument, have closures of their own: they are most
of what a mapping template does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netful.engine.vtl import limits
from netful.engine.vtl.errors import RenderError
from netful.engine.vtl.members import accepts, find_method, get_index, get_property
from netful.engine.vtl.nodes import (
    Binary,
    Block,
    Call,
    Expression,
    Index,
    Interpolation,
    ListLiteral,
    Literal,
    MapLiteral,
    Not,
    Property,
    Range,
    Reference,
    Step,
)
from netful.engine.vtl.operators import OPERATORS
from netful.engine.vtl.run import Run
from netful.engine.vtl.values import ArrayList, text, truthy

Evaluate = Callable[[Run], Any]
Execute = Callable[[Run], None]
_Follow = Callable[[Run, Any], Any]


class Definition:
    """The value of a name that `#define` gave: a block, rendered anew wherever it is used."""

    __slots__ = ("execute", "weight")

    def __init__(self, execute: Execute, weight: int) -> None:
        self.execute = execute
        self.weight = weight

    def rendered(self, run: Run) -> str:
        """What the block prints here and now."""
        run.enter(self.weight)
        value = captured(self.execute, run)
        run.leave()
        return value


def captured(execute: Execute, run: Run) -> str:
    """What a block prints, as a string instead."""
    outer, run.out = run.out, []
    try:
        execute(run)
        value = run.written()
    finally:
        run.out = outer
    run.spend(len(value))
    return value


class ExpressionCompiler:
    """Compiles expressions; `block` compiles the template that a double-quoted string is."""

    def __init__(self, block: Callable[[Block], Execute]) -> None:
        self._block = block
        self._by_kind: dict[type, Callable[[Any], Evaluate]] = {
            Reference: self.reference,
            Literal: self._literal,
            Interpolation: self._interpolation,
            ListLiteral: self._list,
            MapLiteral: self._map,
            Range: self._range,
            Not: self._not,
            Binary: self._binary,
        }

    def expression(self, node: Expression) -> Evaluate:
        """The closure of any expression."""
        return self._by_kind[type(node)](node)

    def reference(self, node: Reference) -> Evaluate:
        """The closure of `$root` and its steps."""
        root = _root(node.root)
        if not node.steps:
            return root
        if all(isinstance(step, Property) for step in node.steps):
            return _properties(root, tuple(step.name for step in node.steps if isinstance(step, Property)))
        follows = tuple(self._step(step) for step in node.steps)
        if len(follows) == 1:
            follow = follows[0]
            return lambda run: follow(run, root(run))

        def chain(run: Run) -> Any:
            value = root(run)
            for follow in follows:
                value = follow(run, value)
            return value

        return chain

    def _step(self, step: Step) -> _Follow:
        if isinstance(step, Property):
            name = step.name
            return lambda _, value: get_property(value, name)
        if isinstance(step, Index):
            key = self.expression(step.key)
            return lambda run, value: get_index(value, key(run))
        return self._call(step)

    def _call(self, step: Call) -> _Follow:
        key = (step.name, len(step.arguments))
        arguments = tuple(self.expression(argument) for argument in step.arguments)
        if not arguments:
            return lambda run, value: (
                _finish(run, value, method.call(value)) if (method := find_method(value, key)) else None
            )

        def call(run: Run, value: Any) -> Any:
            method = find_method(value, key)
            if method is None:
                return None
            given = [argument(run) for argument in arguments]
            return _finish(run, value, method.call(value, *given)) if accepts(method, given) else None

        return call

    def _literal(self, node: Literal) -> Evaluate:
        value = node.value
        return lambda _: value

    def _interpolation(self, node: Interpolation) -> Evaluate:
        execute = self._block(node.body)
        return lambda run: captured(execute, run)

    def _list(self, node: ListLiteral) -> Evaluate:
        items = tuple(self.expression(item) for item in node.items)
        return lambda run: ArrayList(item(run) for item in items)

    def _map(self, node: MapLiteral) -> Evaluate:
        entries = tuple((self.expression(key), self.expression(value)) for key, value in node.entries)
        return lambda run: {key(run): value(run) for key, value in entries}

    def _range(self, node: Range) -> Evaluate:
        first, last = self.expression(node.first), self.expression(node.last)

        def span(run: Run) -> Any:
            begin, end = first(run), last(run)
            if type(begin) is not int or type(end) is not int:
                return None
            length = abs(end - begin) + 1
            if length > limits.LIST_LENGTH:
                raise RenderError(f"a range of more than {limits.LIST_LENGTH} numbers")
            run.spend(length)
            step = 1 if end >= begin else -1
            return ArrayList(range(begin, end + step, step))

        return span

    def _not(self, node: Not) -> Evaluate:
        operand = self.expression(node.operand)
        return lambda run: not truthy(operand(run))

    def _binary(self, node: Binary) -> Evaluate:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.operator == "&&":
            return lambda run: truthy(left(run)) and truthy(right(run))
        if node.operator == "||":
            return lambda run: truthy(left(run)) or truthy(right(run))
        operator = OPERATORS[node.operator]
        if node.operator != "+":
            return lambda run: operator(left(run), right(run))
        return lambda run: _finish(run, None, operator(left(run), right(run)))


def _finish(run: Run, receiver: Any, result: Any) -> Any:
    """The result, once the text that was read and made for it is paid."""
    if type(result) is str:
        run.spend(len(result))
    if type(receiver) is str:
        run.spend(len(receiver))
    return result


def _root(name: str) -> Evaluate:
    if special := _LOOP_NAMES.get(name):
        return lambda run: special(run) if run.loop and name not in run.variables else run.variables.get(name)

    def root(run: Run) -> Any:
        value = run.variables.get(name)
        return value if type(value) is not Definition else value.rendered(run)

    return root


def _properties(root: Evaluate, names: tuple[str, ...]) -> Evaluate:
    def chain(run: Run) -> Any:
        value = root(run)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else get_property(value, name)
        return value

    return chain


#: Names that a loop gives, also in the spelling of Velocity before 1.7.
_LOOP_NAMES: dict[str, Evaluate] = {
    "foreach": lambda run: run.loop,
    "velocityCount": lambda run: get_property(run.loop, "count"),
    "velocityHasNext": lambda run: get_property(run.loop, "hasNext"),
}


def printed(value: Any) -> str:
    """What a reference in text prints."""
    return text(value)
