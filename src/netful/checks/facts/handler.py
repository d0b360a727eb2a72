"""Clients, calls and URLs of a Python handler, read from its syntax tree without running it.

Followed: clients made by `boto3.client("x")`, `boto3.resource("x")` and a session's; what is called on the names they
are bound to; functions of the module that the handler calls. Not followed: other modules, attributes, reflection.
"""

import ast
import os
from collections import deque
from collections.abc import Iterator
from importlib.util import decode_source
from pathlib import Path

from netful.model.core import Frozen, Origin, SourceError
from netful.model.functions.function import Function
from netful.sources.files.unreadable import beginning_of

_Around = tuple[ast.FunctionDef, ...]

_LONGEST = 1 << 20  # bytes of a module; a longer one is data
_MAKERS = ("client", "resource")
_CACHING = ("cache", "cached", "lru_cache", "ttl_cache", "cached_property", "alru_cache")
_POWERTOOLS = {
    "get_parameter": "ssm",
    "get_parameters": "ssm",
    "get_parameters_by_name": "ssm",
    "get_secret": "secretsmanager",
}


class Client(Frozen):
    """A client that the code makes; `inside` means at every invocation, because it is made within the handler."""

    service: str
    origin: Origin
    inside: bool


class SdkCall(Frozen):
    """A call of a service. `cached`: the function around it keeps the answer between invocations."""

    service: str
    method: str
    origin: Origin
    inside: bool
    cached: bool
    node: ast.Call


class Handler(Frozen):
    """The module of a handler: what it calls, and the handler's own function when it is there.

    `dump` is the tree as a text, in which words can be looked for.
    """

    dump: str
    function: ast.FunctionDef | None
    clients: tuple[Client, ...]
    calls: tuple[SdkCall, ...]
    urls: tuple[tuple[str, Origin], ...]


def read_handler(function: Function) -> Handler | None:
    """Return the handler of a function, None if its code is elsewhere, is not Python, is very long, or cannot be parsed."""
    if not isinstance(function.handler, str) or not str(function.runtime or "python").startswith("python"):
        return None
    module, _, name = function.handler.rpartition(".")
    found = _source(function, module)
    if found is None:
        return None
    text, origin = found
    try:
        return _Reader(ast.parse(text), name, origin).handler()
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last where it is nested too deeply
        return None


def _source(function: Function, module: str) -> tuple[str, Origin] | None:
    code = function.code
    if code.inline is not None:
        # The text begins on the line after `ZipFile: |`, which is one below `Code:`.
        return code.inline, Origin(code.origin.file, code.origin.line + 1)
    if code.local_path is None:
        return None
    folder = Path(code.local_path)
    file = folder / (module.replace(".", "/") + ".py")
    if not file.resolve().is_relative_to(folder.resolve()):  # a link, or a handler that begins with a slash
        return None
    try:
        content = beginning_of(file, _LONGEST)
        return (decode_source(content), Origin(os.path.relpath(file), 0)) if len(content) <= _LONGEST else None
    except (SourceError, UnicodeDecodeError, SyntaxError):  # the last for an encoding that Python does not have
        return None


class _Reader:
    """One walk over a module: its nodes by kind, each with the functions around it, the outermost first."""

    def __init__(self, tree: ast.Module, name: str, start: Origin) -> None:
        self.tree = tree
        self.start = start
        self.functions: dict[str, ast.FunctionDef] = {}
        self.calls: list[tuple[ast.Call, _Around]] = []
        self.assignments: list[tuple[ast.Assign, ast.Call]] = []
        self.urls: list[tuple[str, Origin]] = []
        for node, around in _walk(tree):
            match node:
                case ast.FunctionDef():
                    self.functions[node.name] = node
                case ast.Call():
                    self.calls.append((node, around))
                case ast.Assign(value=ast.Call() as value):
                    self.assignments.append((node, value))
                case ast.Constant(value=str() as text) if text.startswith("https://"):
                    self.urls.append((text, self._origin(node)))
        self.entry = self.functions.get(name)
        self.reached = self._reached()
        self.bound = self._bound()
        self.module_names = {
            t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
        }
        self.keeping: dict[ast.FunctionDef, bool] = {}

    def handler(self) -> Handler:
        return Handler(ast.dump(self.tree), self.entry, (*self._clients(),), (*self._sdk_calls(),), (*self.urls,))

    def _origin(self, node: ast.expr) -> Origin:
        return Origin(self.start.file, self.start.line + node.lineno)

    def _reached(self) -> set[ast.FunctionDef]:
        """Return the functions that run at an invocation: the handler, and those of the module that it calls."""
        called: dict[ast.FunctionDef, set[str]] = {}
        for call, around in self.calls:
            if isinstance(call.func, ast.Name):
                for function in around:
                    called.setdefault(function, set()).add(call.func.id)
        reached: set[ast.FunctionDef] = set()
        waiting = [self.entry] if self.entry else []
        while waiting:
            function = waiting.pop()
            if function not in reached:
                reached.add(function)
                waiting += [self.functions[name] for name in called.get(function, ()) if name in self.functions]
        return reached

    def _bound(self) -> dict[str, str]:
        """Return the names that are bound to a client, or to a part of one such as a table."""
        bound: dict[str, str] = {}
        for _ in range(2):
            for assignment, value in self.assignments:
                service = _made(value) or self._part_of(value, bound)
                names = (target.id for target in assignment.targets if isinstance(target, ast.Name))
                bound.update(dict.fromkeys(names, service) if service else {})
        return bound

    def _part_of(self, call: ast.Call, bound: dict[str, str]) -> str:
        """Return the service of `dynamodb.Table(…)`, a resource's part, which begins with a capital."""
        target = call.func
        if isinstance(target, ast.Attribute) and target.attr[:1].isupper():
            return _service_of(target.value, bound)
        return ""

    def _is_inside(self, around: _Around) -> bool:
        return not self.reached.isdisjoint(around)

    def _clients(self) -> Iterator[Client]:
        for call, around in self.calls:
            service = _made(call)
            if service:
                yield Client(service, self._origin(call), self._is_inside(around))

    def _sdk_calls(self) -> Iterator[SdkCall]:
        imports = (node for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom))
        has_parameters = any("parameters" in ast.dump(node) for node in imports)
        for call, around in self.calls:
            target, inside = call.func, self._is_inside(around)
            if isinstance(target, ast.Name) and target.id in _POWERTOOLS and has_parameters:
                yield SdkCall(_POWERTOOLS[target.id], target.id, self._origin(call), inside, cached=True, node=call)
            elif isinstance(target, ast.Attribute) and not target.attr[:1].isupper() and _made(call) == "":
                service = _service_of(target.value, self.bound)
                if isinstance(target.value, ast.Name) and target.value.id == "parameters":
                    service = _POWERTOOLS.get(target.attr, "")
                if service:
                    cached = any(map(self._keeps_its_answer, around)) or "parameters" in ast.dump(target.value)
                    yield SdkCall(service, target.attr, self._origin(call), inside, cached, call)

    def _keeps_its_answer(self, function: ast.FunctionDef) -> bool:
        if function not in self.keeping:
            self.keeping[function] = _keeps_its_answer(function, self.module_names)
        return self.keeping[function]


def _walk(tree: ast.Module) -> Iterator[tuple[ast.AST, _Around]]:
    """Return the nodes of a module, in the order of `ast.walk`, each with the functions whose body it is in."""
    waiting: deque[tuple[ast.AST, _Around]] = deque([(tree, ())])
    while waiting:
        node, around = waiting.popleft()
        yield node, around
        body = set(node.body) if isinstance(node, ast.FunctionDef) else ()
        for child in ast.iter_child_nodes(node):
            waiting.append((child, (*around, node) if child in body else around))  # type: ignore[arg-type]


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


def _last_name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
