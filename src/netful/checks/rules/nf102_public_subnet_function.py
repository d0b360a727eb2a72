"""NF102: a function in a public subnet: its interface gets no public address, so the internet gateway drops its packets.

A function's interface never gets a public IPv4 address, even if the subnet assigns one to instances. An internet
gateway drops packets from an interface without a public address: every call ends in a timeout.

Instead: Use a private subnet with a route to a NAT gateway in a public one, or VPC endpoints.
"""

from collections.abc import Iterable

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.codes import Code
from netful.engine.flows.path import Path

_NO_ADDRESS = Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS


@Rule.of("function in a public subnet", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for function in facts.attached_functions:
        public = [subnet for subnet, kind in facts.kinds_of(function).items() if kind == "public"]
        if not public:
            continue
        used = _dropped(walked.path for walked in facts.walks[function.id])
        path = used or _dropped([facts.path(function.id, "internet")])
        yield Problem.of(
            function,
            f"`{function.id}` is in the public subnet{'s' * (len(public) > 1)} {', '.join(f'`{s}`' for s in public)}: "
            "its interface has no public address, so its packets to the internet are dropped",
            "put it in a private subnet whose default route is a NAT gateway, or add endpoints for the services it uses",
            Certainty.PROVEN if path else Certainty.LIKELY,
            path,
            severity=None if used else Severity.MEDIUM,
            cause=", ".join(f"`{subnet}`" for subnet in public),
        )


def _dropped(paths: Iterable[Path | None]) -> Path | None:
    """Return the first path on which an internet gateway drops packets without a public address."""
    return next((p for p in paths if p and any(hop.code is _NO_ADDRESS for hop in p.denials)), None)
