"""NF114: managed instances of Lambda cannot send logs from their capacity provider's subnets (newer-aws §8.1).

Functions on managed instances use the network of their capacity provider for everything, their logs included. Without a
path to CloudWatch Logs the functions run, and their logs are missing.

Instead: Give the capacity provider's subnets an interface endpoint for `logs`, a route to a NAT gateway, or public
addresses and a route to an internet gateway.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity

_LOGS = "aws:logs"


@Rule.of("managed instances cannot send logs", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for provider in facts.cloud.compute.capacity_providers.values():
        users = [one for one in facts.vpc_functions if one.capacity_provider == provider.id]
        path = next((facts.blocked(function.id, (_LOGS,)).get(_LOGS) for function in users), None)
        if path is not None:
            names = ", ".join(f"`{function.id}`" for function in users)
            yield Problem.of(
                provider,
                f"instances of `{provider.id}` do not reach CloudWatch Logs: logs of {names} are missing",
                path.hint or "add an interface endpoint for `logs`, or a route to a NAT gateway",
                path=path,
            )
