"""NF502: a route admits more than its function can run at once: rate x duration > concurrency (Little's law).

A function needs rate times duration environments. With less concurrency Lambda rejects calls, and clients get 500 or
502 from an API whose own throttle never applied.

Instead: Throttle the route below reserved concurrency divided by the duration. Clients then get a 429, which they can
retry.
"""

from netful.checks.facts.apis import function_behind, routes, throttle_of
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.usage.throttles import account_rate

_SHORT = 0.1  # seconds; on average, few functions that make a call are faster


@Rule.of("route admits more than its function can serve", Severity.HIGH)
def check(facts: Facts) -> Problems:
    reported: set[str] = set()
    for api, route in routes(facts.cloud):
        function = function_behind(facts.cloud, route)
        reserved = function.reserved_concurrent_executions if function else None
        if function is None or not reserved or function.id in reported:
            continue
        rates = [throttle_of(api, stage, route)[0] for stage in facts.cloud.apis.stages_of(api.id)]
        rate = max((r for r in rates if isinstance(r, int | float)), default=account_rate(api.region))
        if rate and reserved / rate < _SHORT:
            reported.add(function.id)
            yield Problem.of(
                function,
                f"`{route.http_method} {route.path}` of `{api.id}` admits {rate:g} requests a second; `{function.id}` with {reserved} "
                f"environments can serve them only if one takes less than {1000 * reserved / rate:.2g} ms",
                f"throttle the route to {reserved} divided by the function's duration in seconds",
                Certainty.LIKELY,
            )
