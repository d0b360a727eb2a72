"""NF601: a handler reads its configuration, or makes a client, at every invocation (lambda §7).

Values outside the handler live as long as the environment. A parameter or secret that is read inside costs a network
call each time, and Parameter Store allows 40 requests a second unless a higher limit is paid for. A client that is made
inside opens a connection each time.

Instead: Make clients at module level, and keep values in a module-level cache with a time to live.
"""

from netful.checks.facts.handler import Client
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity

_CONFIGURATION = {"ssm": ("get_parameter",), "secretsmanager": ("get_secret_value",), "appconfigdata": ("get_latest",)}

_OF_THE_EVENT = frozenset({"apigatewaymanagementapi"})
"""Services whose address a client takes from the event."""


@Rule.of("configuration is read, or a client made, at every invocation", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for function_id, handler in facts.handlers.items():
        if function_id in facts.of_deployments:
            continue
        for call in handler.calls:
            wanted = _CONFIGURATION.get(call.service, ())
            if call.inside and not call.cached and call.method.startswith(wanted or ("\0",)):
                message = f"`{function_id}` calls `{call.service}.{call.method}` at every invocation"
                hint = "keep the value in a module-level cache with a time to live, as ssm-cache, Powertools' parameters or the extension do"
                yield Problem(function_id, call.origin, message, hint)
        made = [client for client in handler.clients if client.inside and client.service not in _OF_THE_EVENT]
        yield from _clients(function_id, made)


def _clients(function_id: str, made: list[Client]) -> Problems:
    if not made:
        return
    services = [f"`{service}`" for service in dict.fromkeys(client.service for client in made)]
    message = (
        f"`{function_id}` makes clients of {', '.join(services)} at every invocation, and so opens new connections"
    )
    hint = "make them outside the handler"
    if len(services) == 1:
        message = f"`{function_id}` makes a client of {services[0]} at every invocation, and so opens a new connection"
        hint = "make it outside the handler"
    yield Problem(function_id, made[0].origin, message, hint, severity=Severity.LOW)
