"""Compiler of blocks and directives: from nodes to closures that take a `Run` and write to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from netful.engine.vtl.compile_expressions import Evaluate, Execute, ExpressionCompiler, captured
from netful.engine.vtl.java.values import Lazy, text, truthy
from netful.engine.vtl.members import set_member
from netful.engine.vtl.run import Loop, Run
from netful.engine.vtl.syntax import limits, nodes
from netful.engine.vtl.syntax.errors import RenderError

CompileText = Callable[[str], Execute]


class StopRender(Exception):  # noqa: N818 - `#stop` is not an error
    """`#stop`: the output so far is the result."""


class BreakLoop(StopRender):
    """`#break`: ends the innermost loop, or the template outside of loops."""


class Compiler:
    """Compiler of one template. Macros are visible in the whole template; `compile_text` serves `#evaluate`."""

    def __init__(self, compile_text: CompileText) -> None:
        self._compile_text = compile_text
        self._expressions = ExpressionCompiler(self.block)
        self._macros: dict[str, tuple[nodes.Macro, Execute]] = {}
        self._by_kind: dict[type, Callable[[Any], Execute]] = {
            nodes.Set: self._set,
            nodes.If: self._if,
            nodes.Foreach: self._foreach,
            nodes.Macro: self._macro,
            nodes.MacroCall: self._macro_call,
            nodes.Define: self._define,
            nodes.EvaluateText: self._evaluate,
            nodes.Break: lambda _: _raise(BreakLoop),
            nodes.Stop: lambda _: _raise(StopRender),
        }

    def block(self, parts: nodes.Block) -> Execute:
        """Return the closure of consecutive nodes."""
        if not parts:
            return lambda _: None
        items = tuple(self._item(node) for node in parts)

        def execute(run: Run) -> None:
            write = run.out.append
            for literal, evaluate, directive in items:
                if evaluate:
                    value = evaluate(run)
                    if type(value) is not str:
                        run.weigh(value)
                        value = text(value)
                    write(value)
                elif directive:
                    directive(run)
                else:
                    write(literal)

        return execute

    def _item(self, node: nodes.Node) -> tuple[str, Evaluate | None, Execute | None]:
        """Return a node as one of three: text, an expression to print, a directive to run."""
        if isinstance(node, nodes.Text):
            return node.text, None, None
        if isinstance(node, nodes.Reference):
            return "", self._expressions.reference(node), None
        return "", None, self._by_kind[type(node)](node)

    def _set(self, node: nodes.Set) -> Execute:
        value = self._expressions.expression(node.value)
        name, steps = node.target.root, node.target.steps
        if not steps:

            def assign(run: Run) -> None:
                run.variables[name] = value(run)

            return assign
        owner = self._expressions.reference(nodes.Reference(name, steps[:-1]))
        last = steps[-1]
        if isinstance(last, nodes.MethodCall):
            return _raise(lambda: RenderError(f"`#set` cannot assign to a call of `{last.name}`"))
        key: Evaluate = self._expressions.expression(last.key) if isinstance(last, nodes.Index) else lambda _: last.name

        def assign_member(run: Run) -> None:
            of, name = owner(run), key(run)
            run.weigh(name)
            set_member(of, name, value(run))

        return assign_member

    def _if(self, node: nodes.If) -> Execute:
        branches = tuple(
            (self._expressions.expression(condition) if condition else _always, self.block(body))
            for condition, body in node.branches
        )

        def execute(run: Run) -> None:
            for condition, body in branches:
                value = condition(run)
                if value is True or truthy(value):
                    return body(run)
            return None

        return execute

    def _foreach(self, node: nodes.Foreach) -> Execute:
        source, body = self._expressions.expression(node.source), self.block(node.body)
        name, units = node.name, node.weight * limits.CHARACTER + limits.ENTRY

        def execute(run: Run) -> None:
            items = _items(source(run))
            variables = run.variables
            before = variables.get(name)
            loop = run.loop = Loop(len(items), run.loop)
            try:
                for loop.index, variables[name] in enumerate(items):
                    run.work.spend(units)
                    body(run)
            except BreakLoop:
                pass
            run.loop = loop.parent
            variables[name] = before

        return execute

    def _macro(self, node: nodes.Macro) -> Execute:
        self._macros[node.name] = (node, self.block(node.body))
        return lambda _: None

    def _macro_call(self, node: nodes.MacroCall) -> Execute:
        arguments = tuple(self._expressions.expression(argument) for argument in node.arguments)

        def execute(run: Run) -> None:
            if node.name not in self._macros:
                return
            macro, body = self._macros[node.name]
            given = [argument(run) for argument in arguments]
            given += [None] * (len(macro.parameters) - len(given))
            before = {name: run.variables.get(name) for name in macro.parameters}
            run.variables.update(zip(macro.parameters, given, strict=False))
            run.enter(macro.weight)
            try:
                body(run)
            finally:
                run.leave()
                run.variables.update(before)

        return execute

    def _define(self, node: nodes.Define) -> Execute:
        body, weight = self.block(node.body), node.weight

        def rendered(run: Run) -> str:
            run.enter(weight)
            try:
                return captured(body, run)
            finally:
                run.leave()

        def execute(run: Run) -> None:
            run.variables[node.name] = Lazy(partial(rendered, run))

        return execute

    def _evaluate(self, node: nodes.EvaluateText) -> Execute:
        source = self._expressions.expression(node.source)

        def execute(run: Run) -> None:
            value = source(run)
            run.weigh(value)
            template = text(value)
            run.enter(len(template) * limits.EVALUATED)
            try:
                self._compile_text(template)(run)
            finally:
                run.leave()

        return execute


def _always(_: Run) -> bool:
    return True


def _raise(error: Callable[[], Exception]) -> Execute:
    def execute(_: Run) -> None:
        raise error()

    return execute


def _items(source: Any) -> list[Any]:
    """Return the items of a loop: those of a list, the values of a map, none for anything else."""
    if not isinstance(source, dict | list):
        return []
    if len(source) > limits.LOOP_ITERATIONS:
        raise RenderError(
            f"`#foreach` over {len(source)} items", why=f"API Gateway allows {limits.LOOP_ITERATIONS} iterations"
        )
    return list(source.values() if isinstance(source, dict) else source)
