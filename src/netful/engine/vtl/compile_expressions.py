"""Compiler of expressions: from nodes to closures that take a `Run` and return a value.

The two most common shapes, `$a.b.c` and a method with at most one argument, have specialized closures: they are most of the work
of a mapping template.
"""

from collections.abc import Callable
from typing import Any

from netful.engine.vtl.java.operators import OPERATORS
from netful.engine.vtl.java.values import ArrayList, map_key, truthy
from netful.engine.vtl.members import LOOP, METHODS, accepts, find_method, get_index, get_property
from netful.engine.vtl.run import Run
from netful.engine.vtl.syntax import limits, nodes
from netful.engine.vtl.syntax.errors import RenderError

Evaluate = Callable[[Run], Any]
Execute = Callable[[Run], None]
_Follow = Callable[[Run, Any], Any]

_WHOLE_VALUES = frozenset(("+", "==", "!="))
"""Operators that read the whole of lists and maps."""


def captured(execute: Execute, run: Run) -> str:
    """Return the output of a block as a string."""
    run.work.spend(limits.STRING)
    outer, run.out = run.out, []
    try:
        execute(run)
        value = run.written()
    finally:
        run.out = outer
    run.pay_for(value)
    return value


class ExpressionCompiler:
    """Compiler of expressions; `block` compiles the template in a double-quoted string."""

    def __init__(self, block: Callable[[nodes.Block], Execute]) -> None:
        self._block = block
        self._by_kind: dict[type, Callable[[Any], Evaluate]] = {
            nodes.Reference: self.reference,
            nodes.Literal: self._literal,
            nodes.Interpolation: self._interpolation,
            nodes.ListLiteral: self._list,
            nodes.MapLiteral: self._map,
            nodes.Range: self._range,
            nodes.Not: self._not,
            nodes.Binary: self._binary,
        }

    def expression(self, node: nodes.Expression) -> Evaluate:
        """Return the closure of an expression."""
        return self._by_kind[type(node)](node)

    def reference(self, node: nodes.Reference) -> Evaluate:
        """Return the closure of `$root` and its steps."""
        name = node.root
        if name == "foreach" and len(node.steps) == 1 and isinstance(node.steps[0], nodes.Property):
            return _of_loop(node.steps[0].name)
        if special := _LOOP_NAMES.get(name):
            return self._chain(special, node.steps)
        if not node.steps:
            return lambda run: run.variables.get(name)
        if all(isinstance(step, nodes.Property) for step in node.steps):
            return _properties(name, tuple(step.name for step in node.steps if isinstance(step, nodes.Property)))
        if len(node.steps) == 1:
            follow = self._step(node.steps[0])
            return lambda run: follow(run, run.variables.get(name))
        return self._chain(lambda run: run.variables.get(name), node.steps)

    def _chain(self, root: Evaluate, steps: tuple[nodes.Step, ...]) -> Evaluate:
        follows = tuple(self._step(step) for step in steps)

        def chain(run: Run) -> Any:
            value = root(run)
            for follow in follows:
                value = follow(run, value)
            return value

        return chain

    def _step(self, step: nodes.Step) -> _Follow:
        if isinstance(step, nodes.Property):
            name = step.name
            return lambda _, value: get_property(value, name)
        if isinstance(step, nodes.Index):
            key = self.expression(step.key)
            return lambda run, value: get_index(value, _weighed(run, key(run)))
        arguments = tuple(self.expression(argument) for argument in step.arguments)
        match arguments:
            case ():
                return _call_with_none(step.name)
            case (argument,):
                return _call_with_one(step.name, argument)
        return _call(step.name, arguments)

    def _literal(self, node: nodes.Literal) -> Evaluate:
        value = node.value
        return lambda _: value

    def _interpolation(self, node: nodes.Interpolation) -> Evaluate:
        execute = self._block(node.body)
        return lambda run: captured(execute, run)

    def _list(self, node: nodes.ListLiteral) -> Evaluate:
        items = tuple(self.expression(item) for item in node.items)
        return lambda run: ArrayList(item(run) for item in items)

    def _map(self, node: nodes.MapLiteral) -> Evaluate:
        entries = tuple((self.expression(key), self.expression(value)) for key, value in node.entries)
        return lambda run: {map_key(_weighed(run, key(run))): value(run) for key, value in entries}

    def _range(self, node: nodes.Range) -> Evaluate:
        first, last = self.expression(node.first), self.expression(node.last)

        def span(run: Run) -> Any:
            begin, end = first(run), last(run)
            if type(begin) is not int or type(end) is not int:
                return None
            length = abs(end - begin) + 1
            if length > limits.LIST_LENGTH:
                raise RenderError(f"a range of more than {limits.LIST_LENGTH} numbers")
            run.work.spend(length)
            step = 1 if end >= begin else -1
            return ArrayList(range(begin, end + step, step))

        return span

    def _not(self, node: nodes.Not) -> Evaluate:
        operand = self.expression(node.operand)
        return lambda run: not truthy(operand(run))

    def _binary(self, node: nodes.Binary) -> Evaluate:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.operator == "&&":
            return lambda run: truthy(left(run)) and truthy(right(run))
        if node.operator == "||":
            return lambda run: truthy(left(run)) or truthy(right(run))
        operator = OPERATORS[node.operator]
        if node.operator not in _WHOLE_VALUES:
            return lambda run: operator(left(run), right(run))

        def whole(run: Run) -> Any:
            one, other = left(run), right(run)
            run.weigh(one)
            run.weigh(other)
            return _paid(run, None, operator(one, other))

        return whole


def _call(name: str, arguments: tuple[Evaluate, ...]) -> _Follow:
    key = (name, len(arguments))

    def call(run: Run, value: Any) -> Any:
        method = find_method(value, key)
        if method is None:
            return None
        given = [argument(run) for argument in arguments]
        if not accepts(method, given):
            return None
        return _paid(run, value, method.call(run.work, value, *given) if method.works else method.call(value, *given))

    return call


def _call_with_none(name: str) -> _Follow:
    key = (name, 0)

    def call(run: Run, value: Any) -> Any:
        methods = METHODS.get(type(value))
        method = methods.get(key) if methods else None
        if method is None:
            return None
        return _paid(run, value, method.call(run.work, value) if method.works else method.call(value))

    return call


def _call_with_one(name: str, argument: Evaluate) -> _Follow:
    key = (name, 1)

    def call(run: Run, value: Any) -> Any:
        methods = METHODS.get(type(value))
        method = methods.get(key) if methods else None
        if method is None:
            return None
        given = argument(run)
        kind = method.takes[0]
        if kind is object or type(given) is kind or accepts(method, [given]):
            return _paid(run, value, method.call(run.work, value, given) if method.works else method.call(value, given))
        return None

    return call


def _weighed(run: Run, key: Any) -> Any:
    """Return a key after charging for its text."""
    run.weigh(key)
    return key


def _paid(run: Run, receiver: Any, result: Any) -> Any:
    """Return the result after charging for the text that was read and made; less than one unit is free."""
    if type(result) is str and len(result) > 15:
        run.pay_for(result)
    if type(receiver) is str and len(receiver) > 15:
        run.pay_for(receiver)
    return result


def _properties(root: str, names: tuple[str, ...]) -> Evaluate:
    if len(names) == 1:
        (only,) = names

        def single(run: Run) -> Any:
            value = run.variables.get(root)
            return value.get(only) if isinstance(value, dict) else get_property(value, only)

        return single

    def chain(run: Run) -> Any:
        value = run.variables.get(root)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else get_property(value, name)
        return value

    return chain


def _of_loop(name: str) -> Evaluate:
    getter = LOOP.get(name)
    if getter is None:
        return lambda _: None
    return lambda run: getter(run.loop) if run.loop else None


#: Names that a loop gives, also in the spelling of Velocity before 1.7.
_LOOP_NAMES: dict[str, Evaluate] = {
    "foreach": lambda run: run.loop,
    "velocityCount": _of_loop("count"),
    "velocityHasNext": _of_loop("hasNext"),
}
