"""Options of `netful up` for Lambda: the network design, the times of interfaces, concurrency."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from netful.cli.options.parameter import Parameter

LambdaDesign = Literal["hyperplane", "per-sandbox"]
_Seconds = Annotated[float, Parameter(least=0)]
_AS_AWS = 20 * 60.0


@dataclass(frozen=True)
class LambdaOptions:
    """Lambda options."""

    lambda_network: LambdaDesign = "hyperplane"
    """Attachment of functions to their VPCs: shared interfaces, or one that a cold start makes, as before 2019 (`per-sandbox`)."""

    eni_seconds: _Seconds = 0.0
    """Seconds until an interface exists: the function is Pending so long, or with `per-sandbox` a cold start waits."""

    eni_idle: _Seconds = 14 * 86_400.0
    """Seconds without an invocation until a function in a VPC becomes Inactive."""

    eni_ports: Annotated[int, Parameter(least=1, most=64_512)] = 64_512
    """Connections of a shared interface to one destination; a small number shows early what happens when they run out."""

    eni_connections: Annotated[int, Parameter(least=1)] = 65_000
    """Connections of a shared interface in all; new sandboxes get another interface when it is full."""

    eni_delete: _Seconds | None = None
    """Seconds for which EC2 still lists a shared interface that no function uses: by default 1200, with `--empty` 0."""

    lambda_concurrency: Annotated[int, Parameter(least=1)] = 1000
    """Concurrency limit of the account."""

    debug: str = ""
    """A function in Python or Node.js whose environments wait for a debugger on a port of this machine, which `up` prints."""


def lambda_settings(options: LambdaOptions, *, empty: bool) -> dict[str, Any]:
    """Return the stack's settings for these options.

    Tools that delete wait until interfaces are gone, so an `empty` account, which they deploy to, does not list unused ones.
    """
    listed = 0.0 if empty else _AS_AWS
    return {
        "lambda_network": options.lambda_network,
        "eni_seconds": options.eni_seconds,
        "eni_idle_seconds": options.eni_idle,
        "eni_ports": options.eni_ports,
        "eni_connections": options.eni_connections,
        "eni_delete_seconds": listed if options.eni_delete is None else options.eni_delete,
        "lambda_concurrency": options.lambda_concurrency,
        "debug": options.debug,
    }
