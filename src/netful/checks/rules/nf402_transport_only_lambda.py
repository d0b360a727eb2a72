"""NF402: a function behind an API only passes the event to one service: the API could call that service itself.

A function that passes a request to one service and decides nothing adds a cold start, cost and code to maintain. API
Gateway can make the same call from a mapping template: use functions to transform, not to transport.

Instead: Let the API call the service directly, with a request validator for the shape of the body.
"""

import ast

from netful.checks.facts.apis import function_behind, routes
from netful.checks.facts.handler import Handler, SdkCall
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity

_DECISIONS = (ast.If, ast.For, ast.While, ast.IfExp, ast.ListComp, ast.DictComp, ast.Raise, ast.Lambda, ast.Await)
_HANDING_ON = (
    "loads",
    "dumps",
    "get",
    "str",
    "int",
    "Table",
    "print",
    "info",
    "client",
    "resource",
    "Decimal",
    "getenv",
)


@Rule.of("function only passes requests on", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    reported: set[str] = set()
    for api, route in routes(facts.cloud):
        function = function_behind(facts.cloud, route)
        handler = facts.handlers.get(function.id) if function else None
        call = _only_call(handler) if handler else None
        if function is None or call is None or function.id in reported:
            continue
        reported.add(function.id)
        yield Problem(
            function.id,
            call.origin,
            f"`{function.id}` only passes the event to `{call.service}.{call.method}`: `{api.id}` can call {call.service} directly",
            "use an integration of type AWS with a mapping template; escape user input with `$util.escapeJavaScript`",
            Certainty.LIKELY,
        )


def _only_call(handler: Handler) -> SdkCall | None:
    """Return the only service call of the handler, if the handler has no other logic."""
    function = handler.function
    calls = [call for call in handler.calls if call.inside]
    if function is None or len(calls) != 1:
        return None
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, _DECISIONS) for node in nodes):
        return None
    others = [node for node in nodes if isinstance(node, ast.Call) and node is not calls[0].node]
    only = all(_name(node.func) in _HANDING_ON for node in others)
    return calls[0] if only and _takes_the_event(function, calls[0].node) else None


def _takes_the_event(function: ast.FunctionDef, call: ast.Call) -> bool:
    """Return whether the arguments of a call come from the event, directly or by names that contain parts of it."""
    names = {argument.arg for argument in (*function.args.posonlyargs, *function.args.args)[:1]}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _mentions(node.value, names):
            names |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return any(_mentions(part, names) for part in (*call.args, *(keyword.value for keyword in call.keywords)))


def _mentions(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
