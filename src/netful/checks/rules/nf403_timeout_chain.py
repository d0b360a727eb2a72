"""NF403: a function may run longer than the API in front of it waits (api-gateway §1.1, §5.11).

An API waits 29 seconds for its integration unless a higher quota was granted, which lowers the account's rate. A
function with a longer timeout continues after its caller got an error, and costs money. A retry starts it a second time
while the first invocation still runs.

Instead: Make each timeout shorter than the one before it: client, API, function, and the function's own calls.
"""

from netful.checks.facts.apis import function_behind, routes
from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.apis.api import ApiEndpointType, Protocol

_MILLIS = 1000
_EDGE_LIMIT = 29_000
_ANSWERS = {Protocol.REST: "504", Protocol.HTTP: "503", Protocol.WEBSOCKET: "`Internal server error`"}


@Rule.of("function may run longer than its API waits", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    reported: set[str] = set()
    for api, route in routes(facts.cloud):
        limit = route.integration.timeout_in_millis if route.integration else None
        if not isinstance(limit, int):
            continue
        if limit > _EDGE_LIMIT and api.endpoint_type is ApiEndpointType.EDGE:
            message = f"`{route.http_method} {route.path}` of `{api.id}` waits {limit} ms, but an edge-optimized API at most {_EDGE_LIMIT}"
            yield Problem(
                api.id,
                route.origin,
                message,
                "make the API regional, or wait no longer than 29 s",
                severity=Severity.HIGH,
            )
        function = function_behind(facts.cloud, route)
        if function and function.timeout * _MILLIS > limit and function.id not in reported:
            reported.add(function.id)
            answer, seconds = _ANSWERS[api.protocol], limit / _MILLIS
            yield Problem.of(
                function,
                f"`{function.id}` may run {function.timeout} s, but `{api.id}` answers {answer} after {seconds:g} s",
                f"set its `Timeout` below {limit // _MILLIS}, or hand long work to a queue or a state machine",
            )
