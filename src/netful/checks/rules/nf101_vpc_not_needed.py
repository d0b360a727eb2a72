"""NF101: a function is in a VPC but uses nothing there."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.core.unknown import Unknown
from netful.model.functions.function import Function
from netful.model.names.service_names import service_of_host


def _find(facts: Facts) -> Iterator[Problem]:
    for function in facts.vpc_functions:
        used = facts.uses[function.id]
        if not used or any(use.in_vpc or use.assumed for use in used) or _may_use_more(facts, function):
            continue
        names = ", ".join(sorted({use.destination for use in used}))
        yield Problem(
            function.id,
            function.origin,
            f"`{function.id}` is in a VPC, but uses only public destinations: {names}",
            "remove its `VpcConfig`, unless it is there for an endpoint policy or a fixed address",
            Certainty.LIKELY,
        )


def _may_use_more(facts: Facts, function: Function) -> bool:
    """Return whether an unknown value, a file system or a private API may need the VPC."""
    resource = facts.cloud.template.resources.get(function.id)
    mounts = resource is not None and "FileSystemConfigs" in resource.properties
    private = any(_is_api(use.destination) for use in facts.uses[function.id])
    return mounts or private or any(isinstance(value, Unknown) for value in function.environment.values())


def _is_api(destination: str) -> bool:
    known = service_of_host(destination.removeprefix("https://").partition("/")[0])
    return known is not None and known[0].code == "execute-api"


RULE = Rule(
    id="NF101",
    slug="vpc-not-needed",
    title="function is in a VPC without need",
    severity=Severity.LOW,
    why=(
        "In a VPC a function loses Lambda's own access to the internet. It needs a NAT gateway or endpoints, which "
        "cost money every hour, and interfaces, which take a minute to create and longer to delete. It gains nothing"
        " if all its destinations are public."
    ),
    instead="Leave `VpcConfig` out. Attach a function to a VPC only to reach addresses there.",
    find=_find,
)
