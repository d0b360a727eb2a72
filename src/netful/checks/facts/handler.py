"""Clients, calls and URLs of a Python handler, read from its syntax tree without running it.

Followed: clients made by `boto3.client("x")`, `boto3.resource("x")` and a session's; what is called on the names they
are bound to; functions of the module that the handler calls. Not followed: other modules, attributes, reflection.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netful.model.core.origin import Origin
from netful.model.functions.function import Function

_MAKERS = ("client", "resource")
_CACHING = ("cache", "cached", "lru_cache", "ttl_cache", "cached_property", "alru_cache")
_POWERTOOLS = {
    "get_parameter": "ssm",
    "get_parameters": "ssm",
    "get_parameters_by_name": "ssm",
    "get_secret": "secretsmanager",
}


@dataclass(frozen=True, slots=True)
class Client:
    """A client that the code makes; `inside` means at every invocation, because it is made within the handler."""

    service: str
    origin: Origin
    inside: bool


@dataclass(frozen=True, slots=True)
class SdkCall:
    """A call of a service. `cached`: the function around it keeps the answer between invocations."""

    service: str
    method: str
    origin: Origin
    inside: bool
    cached: bool
    node: ast.Call


@dataclass(frozen=True, slots=True)
class Handler:
    """The module of a handler: what it calls, and the handler's own function when it is there."""

    tree: ast.Module
    function: ast.FunctionDef | None
    clients: tuple[Client, ...]
    calls: tuple[SdkCall, ...]
    urls: tuple[tuple[str, Origin], ...]


def read_handler(function: Function) -> Handler | None:
    """Return the handler of a function, None if its code is elsewhere, is not Python, or cannot be parsed."""
    if not isinstance(function.handler, str) or not str(function.runtime or "python").startswith("python"):
        return None
    module, _, name = function.handler.rpartition(".")
    found = _source(function, module)
    if found is None:
        return None
    text, origin = found
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _Reader(tree, name, origin).handler()


def _source(function: Function, module: str) -> tuple[str, Origin] | None:
    code = function.code
    if code.inline is not None:
        # The text begins on the line after `ZipFile: |`, which is one below `Code:`.
        return code.inline, Origin(code.origin.file, code.origin.line + 1)
    if code.local_path is None:
        return None
    file = Path(code.local_path) / (module.replace(".", "/") + ".py")
    try:
        return file.read_text(encoding="utf-8"), Origin(os.path.relpath(file), 0)
    except (OSError, UnicodeDecodeError):
        return None


class _Reader:
    """One walk over a module."""

    def __init__(self, tree: ast.Module, name: str, start: Origin) -> None:
        self.tree = tree
        self.start = start
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        self.entry = self.functions.get(name)
        self.inside = _nodes_within(self.entry, self.functions) if self.entry else set()
        self.bound = self._bound()

    def handler(self) -> Handler:
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return Handler(
            self.tree,
            self.entry,
            tuple(self._clients(calls)),
            tuple(self._calls(calls)),
            tuple(self._urls()),
        )

    def _origin(self, node: ast.expr) -> Origin:
        return Origin(self.start.file, self.start.line + node.lineno)

    def _bound(self) -> dict[str, str]:
        """Return the names that are bound to a client, or to a part of one such as a table."""
        bound: dict[str, str] = {}
        for _ in range(2):
            for node in ast.walk(self.tree):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    service = _made(node.value) or self._part_of(node.value, bound)
                    names = (target.id for target in node.targets if isinstance(target, ast.Name))
                    bound.update(dict.fromkeys(names, service) if service else {})
        return bound

    def _part_of(self, call: ast.Call, bound: dict[str, str]) -> str:
        """Return the service of `dynamodb.Table(…)`, a resource's part, which begins with a capital."""
        target = call.func
        if isinstance(target, ast.Attribute) and target.attr[:1].isupper():
            return _service_of(target.value, bound)
        return ""

    def _clients(self, calls: list[ast.Call]) -> Iterator[Client]:
        for call in calls:
            service = _made(call)
            if service:
                yield Client(service, self._origin(call), call in self.inside)

    def _calls(self, calls: list[ast.Call]) -> Iterator[SdkCall]:
        for call in calls:
            target = call.func
            if isinstance(target, ast.Name) and target.id in _POWERTOOLS and self._imports("parameters"):
                yield SdkCall(
                    _POWERTOOLS[target.id], target.id, self._origin(call), call in self.inside, cached=True, node=call
                )
            elif isinstance(target, ast.Attribute) and not target.attr[:1].isupper() and _made(call) == "":
                service = _service_of(target.value, self.bound)
                if isinstance(target.value, ast.Name) and target.value.id == "parameters":
                    service = _POWERTOOLS.get(target.attr, "")
                cached = self._is_cached(call) or (service != "" and "parameters" in ast.dump(target.value))
                if service:
                    yield SdkCall(service, target.attr, self._origin(call), call in self.inside, cached, call)

    def _imports(self, name: str) -> bool:
        return any(name in ast.dump(node) for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom))

    def _is_cached(self, call: ast.Call) -> bool:
        """Whether the function around a call keeps its answer: a caching decorator, a `global`, a guard on a module's name."""
        module_names = {
            t.id for n in self.tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
        }
        around = (function for function in self.functions.values() if call in _descendants(function))
        return any(_keeps_its_answer(function, module_names) for function in around)

    def _urls(self) -> Iterator[tuple[str, Origin]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("https://"):
                yield node.value, self._origin(node)


def _keeps_its_answer(function: ast.FunctionDef, module_names: set[str]) -> bool:
    """Return whether a function has a caching decorator, a `global`, or a guard on a name of its module."""
    if any(_last_name(decorator) in _CACHING for decorator in function.decorator_list):
        return True
    nodes = [*ast.walk(function)]
    guards = (name for node in nodes if isinstance(node, ast.If) for name in ast.walk(node.test))
    return any(isinstance(node, ast.Global) for node in nodes) or any(
        isinstance(name, ast.Name) and name.id in module_names for name in guards
    )


def _made(call: ast.Call) -> str:
    """Return the service of a call such as `boto3.client("ssm")`, else ""."""
    target = call.func
    if not isinstance(target, ast.Attribute) or target.attr not in _MAKERS or not call.args:
        return ""
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _service_of(node: ast.expr, bound: dict[str, str]) -> str:
    """Return the service of the object of a method call: a bound name, a client made in place, or a part of either."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, "")
    if isinstance(node, ast.Call):
        made = _made(node)
        if made or not isinstance(node.func, ast.Attribute):
            return made
        return _service_of(node.func.value, bound) if node.func.attr[:1].isupper() else ""
    return ""


def _nodes_within(entry: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> set[ast.AST]:
    """The nodes that run at an invocation: the handler's own, and those of the module's functions that it calls."""
    within: set[ast.AST] = set()
    waiting, done = [entry], {entry.name}
    while waiting:
        nodes = _descendants(waiting.pop())
        within |= nodes
        called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        for name in sorted((called & functions.keys()) - done):
            done.add(name)
            waiting.append(functions[name])
    return within


def _descendants(function: ast.FunctionDef) -> set[ast.AST]:
    return {node for statement in function.body for node in ast.walk(statement)}


def _last_name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
