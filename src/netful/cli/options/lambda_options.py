"""How `netful up` runs Lambda: which design of its network, how long interfaces take and stay, how much runs at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import Parameter, validators

LambdaDesign = Literal["hyperplane", "per-sandbox"]
_Seconds = Annotated[float, Parameter(validator=validators.Number(gte=0))]


@Parameter(name="*")
@dataclass(frozen=True)
class LambdaOptions:
    """Lambda's."""

    lambda_network: LambdaDesign = "hyperplane"
    """How functions are attached to their VPCs: by interfaces that they share, or as before 2019 by interfaces that are made
    at cold start (`per-sandbox`)."""

    eni_seconds: _Seconds = 0.0
    """How long an interface takes: a function is Pending for so long, or with `per-sandbox` a cold start waits."""

    eni_idle: _Seconds = 14 * 86_400.0
    """After how many seconds without an invocation a function in a VPC is Inactive."""

    eni_ports: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=64_512))] = 64_512
    """How many connections a shared interface has for one destination; fewer show early what happens when they run out."""

    eni_connections: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 65_000
    """How many connections a shared interface carries in all; when it does, new sandboxes get another one."""

    eni_delete: _Seconds = 20 * 60.0
    """For how many seconds EC2 still tells of a shared interface that no function uses any more."""

    lambda_concurrency: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 1000
    """The account's limit on invocations at a time."""


def lambda_settings(options: LambdaOptions) -> dict[str, Any]:
    """The stack's settings that the options make."""
    return {
        "lambda_network": options.lambda_network,
        "eni_seconds": options.eni_seconds,
        "eni_idle_seconds": options.eni_idle,
        "eni_ports": options.eni_ports,
        "eni_connections": options.eni_connections,
        "eni_delete_seconds": options.eni_delete,
        "lambda_concurrency": options.lambda_concurrency,
    }
