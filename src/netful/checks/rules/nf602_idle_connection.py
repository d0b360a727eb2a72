"""NF602: a call that may wait longer than the idle timeout of the network (vpc-network §4.2, §5.1).

NAT gateways, network load balancers and interface endpoints drop a connection that carries nothing for 350 seconds. A
synchronous call that takes longer never gets its answer: the function waits until its own timeout.

Instead: Turn on TCP keepalive in the client, or do not wait: invoke asynchronously, or use a state machine.
"""

import ast

from netful.checks.facts.handler import Handler, SdkCall
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity

IDLE_SECONDS = 350
"""Idle timeout of connections through NAT gateways, NLBs and interface endpoints."""


@Rule.of("connection may be dropped while it waits", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for function in facts.vpc_functions:
        handler = facts.handlers.get(function.id)
        if handler is None or function.timeout <= IDLE_SECONDS:
            continue
        call = next((call for call in handler.calls if _waits(call)), None)
        if call and not _keeps_alive(handler):
            yield Problem(
                function.id,
                call.origin,
                f"`{function.id}` may wait {function.timeout} s for the answer of a function, but the network drops a connection that is silent for {IDLE_SECONDS} s",
                "make the client with `Config(tcp_keepalive=True)`, or invoke asynchronously",
                Certainty.LIKELY,
            )


def _waits(call: SdkCall) -> bool:
    """Return whether a call is a synchronous invocation, which is silent until the other function has ended."""
    kinds = [k.value for k in call.node.keywords if k.arg == "InvocationType"]
    asynchronous = any(isinstance(kind, ast.Constant) and kind.value != "RequestResponse" for kind in kinds)
    return call.service == "lambda" and call.method == "invoke" and not asynchronous


def _keeps_alive(handler: Handler) -> bool:
    return "tcp_keepalive" in handler.dump
