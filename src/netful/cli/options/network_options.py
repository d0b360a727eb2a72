"""Options of `netful up` for the network: ports that the host serves, limits of NAT gateways, the kind of internet."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from netful.cli.options.parameter import Parameter
from netful.stack.control.attachments import attachments


@dataclass(frozen=True)
class NetworkOptions:
    """Network options."""

    attach: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """Serve a resource's port from the host, `Db=127.0.0.1:5432` or `Db:5432=127.0.0.1:15432`; repeat it for several."""

    allow_host: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    """A further name by which clients call the local endpoint, such as `host.docker.internal`; repeat it for several."""

    nat_ports: Annotated[int, Parameter(least=1, most=55_000)] = 55_000
    """Connections of a NAT gateway to one destination; a small number shows early what happens when they run out."""

    nat_idle: Annotated[int, Parameter(least=1)] = 350
    """Seconds without a packet until a NAT gateway resets a connection."""

    internet: Literal["emulated", "real"] = "emulated"
    """Hosts behind names that are not AWS's: emulated ones that answer here, or with `real` the hosts of these names, through
    your machine's own network (TCP, public addresses only)."""


def network_settings(options: NetworkOptions) -> dict[str, Any]:
    """Return the stack's settings for these options. Raise QuestionError for an invalid one."""
    return {
        "attachments": attachments(options.attach),
        "allow_hosts": tuple(name.lower() for name in options.allow_host),
        "nat_ports": options.nat_ports,
        "nat_idle_seconds": options.nat_idle,
        "internet": options.internet,
    }
